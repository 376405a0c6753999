"""What the house tells people: its words, version by version, and every message with what became of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from dure.kit import audit
from dure.kit.errors import DureError
from dure.messaging import actions, queries, rules
from dure.messaging import templates as words_of
from dure.messaging.kinds import AUDIENCES, CHANNELS, EMAIL, KINDS, TALK, TEXT, Kind
from dure.messaging.models import Message, Template
from dure.messaging.words import Draft, as_html, sample, written
from dure.people.models import Role
from dure.sites.design.toasts import toast
from dure.sites.office import lists
from dure.sites.office.access import nav, office, page

READS = (Role.OPERATOR, Role.CS)


class TemplateForm(forms.Form):
    subject = forms.CharField(label=gettext_lazy("제목"), max_length=120, required=False)
    body = forms.CharField(label=gettext_lazy("내용"), max_length=3000, widget=forms.Textarea(attrs={"rows": 12}))
    button = forms.CharField(
        label=gettext_lazy("버튼 이름"), max_length=14, required=False, help_text=gettext_lazy("비우면 버튼이 없어요.")
    )


@office(*READS)
def kinds(request: HttpRequest) -> HttpResponse:
    audience = request.GET.get("for", "BUYER")
    audience = audience if audience in AUDIENCES else "BUYER"
    tabs = [(code, label, f"?for={code}") for code, label in AUDIENCES.items()]
    rows = [row for row in queries.standings() if row.kind.audience == audience]
    return page(
        request,
        "office/notices.html",
        rows=rows,
        tabs=tabs,
        current=audience,
        state=queries.state(),
        channels=CHANNELS.items(),
        may_change=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
    )


@office(Role.OPERATOR)
@require_POST
def register(request: HttpRequest) -> HttpResponse:
    count = actions.register_all(by=request.user)  # type: ignore[arg-type]
    toast(request, _("알림톡 %(count)s개를 카카오 심사에 보내요.") % {"count": count})
    return redirect("office:notices")


@office(*READS)
def kind(request: HttpRequest, code: str) -> HttpResponse:
    """One kind over one channel in one language: how it looks, its words, its versions. A POST previews, saves or tries."""
    chosen = _kind(code)
    channel = request.GET.get("channel", "")
    channel = channel if channel in chosen.may else chosen.ways[0]
    language = request.GET.get("language", "ko")
    language = language if language in dict(settings.LANGUAGES) else "ko"
    draft = words_of.drafts(chosen, language)[channel]
    form = TemplateForm(initial={"subject": draft.subject, "body": draft.body, "button": draft.button})
    if request.method == "POST":
        if not request.user.has_role(Role.OPERATOR):  # type: ignore[union-attr]
            raise Http404
        form = TemplateForm(request.POST)
        if form.is_valid():
            told = form.cleaned_data
            draft = Draft(told["subject"], told["body"].replace("\r\n", "\n"), told["button"], draft.template)
            try:
                if _deed(request, chosen, channel, language, draft):
                    return redirect(request.get_full_path())
            except DureError as error:
                form.add_error(error.field if error.field in form.fields else None, str(error))
    return page(
        request,
        "office/notice.html",
        422 if form.errors else 200,
        kind=chosen,
        form=form,
        preview=_preview(chosen, channel, draft, language),
        versions=queries.versions(chosen, channel, language)[:20],
        channel=channel,
        channel_tabs=[(c, CHANNELS[c], f"?channel={c}&language={language}") for c in chosen.may],
        language=language,
        language_tabs=[(c, label, f"?channel={channel}&language={c}") for c, label in settings.LANGUAGES],
        closed=channel in _closed(chosen),
        may_change=request.user.has_role(Role.OPERATOR),  # type: ignore[union-attr]
    )


@office(Role.OPERATOR)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    template = get_object_or_404(Template, pk=pk)
    try:
        actions.restore(template, by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, _("%(number)s번째 판을 다시 써요.") % {"number": template.number})
    return redirect(_address(template.kind, template.channel, template.language))


@office(Role.OPERATOR)
@require_POST
def route(request: HttpRequest, code: str) -> HttpResponse:
    chosen, channel = _kind(code), request.POST.get("channel", "")
    if channel not in chosen.may:
        raise Http404
    open_it = request.POST.get("open") == "1"
    undo = (request.path, {"channel": channel, "open": "0" if open_it else "1"})
    try:
        actions.open_route(chosen, channel, open_it=open_it, by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, _("채널을 켰어요.") if open_it else _("이 알림은 이제 그 채널로 나가지 않아요."), undo=undo)
    return redirect(_address(code, channel, "ko"))


@office(*READS)
def message_list(request: HttpRequest) -> HttpResponse:
    rows = queries.log()
    if address := request.GET.get("to", "").strip()[:100]:
        rows = queries.to_address(rows, address)
    return lists.Messages(request, rows).respond(
        "office/messages.html",
        nav=nav(request.user),  # type: ignore[arg-type]
        state=queries.state(),
        to=address,
    )


@office(*READS)
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Whoever reads what was written to somebody leaves a trace."""
    found = get_object_or_404(queries.log().select_related("template", "batch", "fallback_of"), pk=pk)
    audit.record("messaging.read", found, by=request.user, kind=found.kind)
    return page(
        request,
        "office/message.html",
        message=found,
        words=queries.words_of(found),
        may_send=found.status in {Message.Status.FAILED, Message.Status.DEAD} and bool(found.to_sealed),
    )


@office(*READS)
@require_POST
def again(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        actions.send_again(get_object_or_404(Message, pk=pk), by=request.user)  # type: ignore[arg-type]
    except DureError as error:
        toast(request, str(error))
    else:
        toast(request, _("다시 보내요."))
    return redirect("office:message", pk)


def _deed(request: HttpRequest, kind: Kind, channel: str, language: str, draft: Draft) -> bool:
    """True when it is done and the page may be shown afresh; False for a preview."""
    by: Any = request.user
    match request.POST.get("deed"):
        case "save":
            told = {"subject": draft.subject, "body": draft.body, "button": draft.button}
            before = queries.versions(kind, channel, language).filter(status=Template.Status.LIVE).first()
            actions.write(kind, channel, language, **told, by=by)
            undo = (reverse("office:restore_notice", args=[before.pk]), {}) if before and channel != TALK else None
            said = (
                _("카카오 심사에 보내요. 승인되면 그때부터 써요.")
                if channel == TALK
                else _("저장했어요. 지금부터 이렇게 나가요.")
            )
            toast(request, said, undo=undo)
            return True
        case "default":
            actions.back_to_default(kind, channel, language, by=by)
            toast(request, _("처음 문구로 돌아갔어요."))
            return True
        case "try":
            words_of.check(kind, channel, draft.subject, draft.body)
            actions.try_out(kind, channel, draft, language, to=by)
            toast(request, _("나에게 보냈어요. 잠시 뒤에 확인해 보세요."))
            return True
    words_of.check(kind, channel, draft.subject, draft.body)
    return False


def _preview(kind: Kind, channel: str, draft: Draft, language: str) -> dict[str, Any]:
    values = sample(kind)
    known = {name: values.get(name, f"#{{{name}}}") for name in rules.variables_in(draft.subject + draft.body)}
    words = written(kind, channel, draft, {**values, **known}, "/", "#")
    size = rules.text_bytes(words.body)
    return {
        "words": words,
        "bytes": size,
        "form": rules.text_kind(words.body),
        "most": rules.SMS_BYTES if size <= rules.SMS_BYTES else rules.LMS_BYTES,
        "html": as_html(kind.code, words, language) if channel == EMAIL else "",
        "talk": channel == TALK,
        "text": channel == TEXT,
    }


def _closed(kind: Kind) -> set[str]:
    return next(row.closed for row in queries.standings() if row.kind is kind)


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Http404
    return KINDS[code]


def _address(code: str, channel: str, language: str) -> str:
    return f"{reverse('office:notice', args=[code])}?channel={channel}&language={language}"
