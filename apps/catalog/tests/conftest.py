from __future__ import annotations

import pytest

from apps.companies.models import Company


@pytest.fixture
def platform(reference_data: None) -> Company:
    return Company.objects.get(kind=Company.Kind.PLATFORM)
