"""What buyers ask the shop: under its products, and about their orders."""

from __future__ import annotations

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.inquiries import actions, queries
from dure.commerce.inquiries.models import AnswerTemplate, Message, Question
from dure.commerce.sellers.errors import RoleMissing
from dure.commerce.sellers.models import Seller
from dure.commerce.sellers.rules import may_change
from dure.kit import images
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.seller import lists
from dure.sites.seller.access import centre, frame, may, page, role_of, sees
from dure.sites.seller.forms import QuestionAnswerForm, TalkForm, TemplateForm


@centre
@sees("products")
def question_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = Question.objects.of_seller(shop).filter(hidden_at=None).select_related("product")
    return lists.Questions(request, rows).respond("seller/questions.html", **_frame(request, shop))


@centre
@sees("products")
def question(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = get_object_or_404(
        Question.objects.of_seller(shop).select_related("product", "asker"), pk=pk, hidden_at=None
    )
    form = QuestionAnswerForm(request.POST or None, initial={"text": found.answer})
    if request.method == "POST":
        _refuse_onlookers(request, "products", "orders")
        if "use_template" in request.POST:
            form = QuestionAnswerForm(initial={"text": _template_text(request, shop) or request.POST.get("text", "")})
        elif form.is_valid():
            try:
                actions.answer(found, text=form.cleaned_data["text"], by=request.user)  # type: ignore[arg-type]
            except DureError as error:
                form.add_error("text", str(error))
            else:
                toast(request, _("답변을 남겼어요."))
                return redirect("seller:questions")
    status = 422 if form.errors else 200
    templates = shop.answer_templates.all()
    return page(request, shop, "seller/question.html", status, question=found, form=form, templates=templates)


@centre
@sees("orders")
def thread_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    rows = queries.threads_of_seller(shop)
    return lists.Inquiries(request, rows).respond("seller/questions.html", **_frame(request, shop))


@centre
@sees("orders")
def thread(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    found = get_object_or_404(queries.threads_of_seller(shop), pk=pk)
    form = TalkForm(request.POST or None, request.FILES or None, initial={"key": uuid.uuid4()})
    if request.method == "POST":
        _refuse_onlookers(request, "orders")
        if "use_template" in request.POST:
            text = _template_text(request, shop) or request.POST.get("text", "")
            form = TalkForm(initial={"key": uuid.uuid4(), "text": text})
        elif form.is_valid():
            told = form.cleaned_data
            try:
                kept = [images.keep(photo, "inquiries") for photo in told["photos"]]
                actions.write(
                    found,
                    side=Message.Side.SELLER,
                    text=told["text"],
                    key=told["key"],
                    photos=kept,
                    by=request.user,  # type: ignore[arg-type]
                )
            except DureError as error:
                form.add_error("photos" if error.field == "image" else "text", str(error))
            else:
                return redirect("seller:inquiry", pk)
    return page(
        request,
        shop,
        "seller/inquiry.html",
        422 if form.errors else 200,
        thread=found,
        messages_=found.messages.prefetch_related("photos"),
        form=form if may_change(role_of(request), "orders") else None,
        templates=shop.answer_templates.all(),
        me=Message.Side.SELLER,
    )


@centre
@sees("products")
def template_list(request: HttpRequest, shop: Seller) -> HttpResponse:
    return _templates(request, shop)


@centre
@may("products", "orders")
@require_POST
def save_template(request: HttpRequest, shop: Seller) -> HttpResponse:
    form, asked = TemplateForm(request.POST), request.POST.get("template", "")
    template = get_object_or_404(AnswerTemplate, seller=shop, pk=asked) if asked.isdecimal() else None
    if form.is_valid():
        try:
            actions.save_template(shop, **form.cleaned_data, template=template, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error(error.field, str(error))
        else:
            toast(request, _("저장했어요."))
            return redirect("seller:answer_templates")
    return _templates(request, shop, form, 422)


@centre
@may("products", "orders")
@require_POST
def remove_template(request: HttpRequest, shop: Seller, pk: int) -> HttpResponse:
    template = get_object_or_404(AnswerTemplate, seller=shop, pk=pk)
    undo = {"title": template.title, "text": template.text}
    actions.remove_template(template, by=request.user)  # type: ignore[arg-type]
    toast(request, _("지웠어요."), undo=(redirect("seller:save_answer_template").url, undo))  # type: ignore[attr-defined]
    return redirect("seller:answer_templates")


def _frame(request: HttpRequest, shop: Seller) -> dict[str, object]:
    speed = queries.answer_time_in_words(queries.median_answer_minutes(shop.pk))
    return {**frame(request, shop), "waiting": queries.waiting_of(shop), "speed": speed}


def _templates(request: HttpRequest, shop: Seller, form: TemplateForm | None = None, status: int = 200) -> HttpResponse:
    templates = shop.answer_templates.all()
    return page(request, shop, "seller/answer_templates.html", status, templates=templates, form=form or TemplateForm())


def _template_text(request: HttpRequest, shop: Seller) -> str:
    asked = request.POST.get("template", "")
    return (
        shop.answer_templates.filter(pk=asked if asked.isdecimal() else 0).values_list("text", flat=True).first() or ""
    )


def _refuse_onlookers(request: HttpRequest, *areas: str) -> None:
    """One address shows and answers: who may look is not always who may answer."""
    if not may_change(role_of(request), *areas):
        raise RoleMissing()
