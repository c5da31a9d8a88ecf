from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from . import sessions
from .models import User


@login_required
def choose(request: HttpRequest) -> HttpResponse:
    """In which company to act, for a Login that is a User of several."""
    sessions.load(request)
    if request.method == "POST":
        mine = User.objects.present().filter(login=request.user)
        sessions.choose(request, get_object_or_404(mine, pk=request.POST.get("user")))
        return redirect("portal:home")
    return render(request, "accounts/user_choose.html", {"users": request.choices})
