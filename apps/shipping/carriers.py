"""Carriers a parcel can travel with, and where their parcels are followed."""

from urllib.parse import quote

from django.utils.translation import gettext_lazy as _

TRACKING_PAGES = {
    "DHL": "https://www.dhl.com/global-en/home/tracking.html?tracking-id={}",
    "DPD": "https://tracking.dpd.de/parcelstatus?query={}",
    "FedEx": "https://www.fedex.com/fedextrack/?trknbr={}",
    "GLS": "https://gls-group.com/track/{}",
    "InPost": "https://inpost.pl/en/find-parcel?number={}",
    "UPS": "https://www.ups.com/track?tracknum={}",
}
OTHER = "OTHER"
CHOICES = [*((name, name) for name in TRACKING_PAGES), (OTHER, _("Another carrier"))]


def tracking_url(carrier: str, tracking_number: str) -> str:
    """The public page of one parcel; "" for carriers we know no page of."""
    page = TRACKING_PAGES.get(carrier, "")
    return page.format(quote(tracking_number, safe="")) if tracking_number else ""
