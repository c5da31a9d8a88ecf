from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from . import sessions
from .models import User


def no_own_address(request: HttpRequest) -> HttpResponse:
    """Nobody changes the address they sign in with: an address that is not theirs
    would open another company to them as soon as its admin gives it a login."""
    raise Http404


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """In which company to act, for a Login that is a User of several."""
    sessions.load(request)
    if request.method == "POST":
        mine = User.objects.present().filter(login=request.user)
        wanted = request.POST.get("user", "")
        chosen = next((user for user in mine if str(user.pk) == wanted), None)
        if chosen is None:
            raise Http404
        sessions.choose(request, chosen)
        return redirect("portal:home")
    return render(request, "accounts/user_choose.html", {"users": request.choices})
