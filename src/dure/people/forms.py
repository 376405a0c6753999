from allauth.account.forms import SignupForm as AccountSignupForm
from django import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(AccountSignupForm):  # type: ignore[misc]
    """Email, password and the name to be called by."""

    name = forms.CharField(label=_("이름"), max_length=60, widget=forms.TextInput(attrs={"autocomplete": "name"}))

    def save(self, request):  # type: ignore[no-untyped-def]
        user = super().save(request)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])
        return user
