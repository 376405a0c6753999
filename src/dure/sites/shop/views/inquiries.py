"""What buyers ask: under a product for everybody or in secret, and of a seller about an order."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from dure.commerce.catalog.models import Product
from dure.commerce.inquiries import actions, queries
from dure.commerce.inquiries.models import Message, Question, Thread
from dure.commerce.orders.models import ProductOrder
from dure.kit import images
from dure.kit.errors import DureError
from dure.sites.design.toasts import toast
from dure.sites.shop.access import actor, buyer_required
from dure.sites.shop.forms import AskForm, InquiryForm, MessageForm

PER_PAGE = 10


def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """All questions of a product; the product's page shows the first of them from here."""
    return _questions(request, _on_sale(pk))


@require_POST
@login_required
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    product, form = _on_sale(pk), AskForm(request.POST)
    if form.is_valid():
        try:
            actions.ask(product, **form.cleaned_data, by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            form.add_error("text", str(error))
        else:
            toast(request, _("문의를 남겼어요. 판매자가 답하면 여기에서 볼 수 있어요."))
            return redirect("shop:questions", pk)
    return _questions(request, product, form, 422)


@require_POST
@login_required
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    question = get_object_or_404(Question, pk=pk, asker=request.user.pk)
    actions.take_back(question, by=request.user)  # type: ignore[arg-type]
    toast(request, _("문의를 지웠어요."))
    return redirect("shop:questions", question.product_id)


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what is wrong with a question or its answer; a page of its own, so that it needs no script."""
    question = get_object_or_404(Question, pk=pk, hidden_at=None, secret=False)
    refusal = ""
    if request.method == "POST":
        try:
            actions.report(question, reason=request.POST.get("reason", ""), by=request.user)  # type: ignore[arg-type]
        except DureError as error:
            refusal = str(error)
        else:
            toast(request, _("신고했어요. 운영팀이 살펴볼게요."))
            return redirect("shop:questions", question.product_id)
    back = reverse("shop:questions", args=[question.product_id])
    context = {"text": question.text, "back": back, "refusal": refusal, "reason": request.POST.get("reason", "")}
    return render(request, "shop/report.html", context, status=422 if refusal else 200)


@buyer_required
def mine(request: HttpRequest) -> HttpResponse:
    """Everything the buyer has asked, and what was answered."""
    threads = (
        Thread.objects.of_buyer(request.user).select_related("order", "seller", "line").order_by("-last_at", "-id")
    )
    asked = Question.objects.filter(asker=request.user.pk or 0).select_related("product").order_by("-asked_at", "-id")
    context = {
        "threads": Paginator(threads, PER_PAGE).get_page(request.GET.get("threads")),
        "questions": Paginator(asked, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "shop/inquiries.html", context)


@buyer_required
def new_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """Write to the seller of a line of my order."""
    line = get_object_or_404(ProductOrder.objects.of_buyer(request.user).select_related("order", "seller"), pk=pk)
    form = InquiryForm(request.POST or None, request.FILES or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            kept = [images.keep(photo, "inquiries") for photo in told["photos"]]
            opened = actions.open_thread(
                line.order,
                line.seller,
                line=line,
                topic=told["topic"],
                text=told["text"],
                key=told["key"],
                photos=kept,
                by=actor(request),
            )
        except DureError as error:
            form.add_error("photos" if error.field == "image" else None, str(error))
        else:
            toast(request, _("문의를 보냈어요."))
            return redirect("shop:inquiry", opened.pk)
    speed = queries.answer_time_in_words(queries.median_answer_minutes(line.seller_id))
    context = {"form": form, "line": line, "speed": speed}
    return render(request, "shop/new_inquiry.html", context, status=422 if form.errors else 200)


@buyer_required
def thread(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Thread.objects.of_buyer(request.user).select_related("order", "seller", "line"), pk=pk)
    form = MessageForm(request.POST or None, request.FILES or None, initial={"key": uuid.uuid4()})
    if request.method == "POST" and form.is_valid():
        refusal = written(found, form, Message.Side.BUYER, actor(request))
        if not refusal:
            return redirect("shop:inquiry", pk)
    context = {"thread": found, "messages_": messages_of(found), "form": form, "me": Message.Side.BUYER}
    return render(request, "shop/inquiry.html", context, status=422 if form.errors else 200)


def written(found: Thread, form: MessageForm, side: str, by: Any) -> bool:
    """Write what the form holds; True when refused, with the sentence in the form."""
    told = form.cleaned_data
    try:
        kept = [images.keep(photo, "inquiries") for photo in told["photos"]]
        actions.write(found, side=side, text=told["text"], key=told["key"], photos=kept, by=by)
    except DureError as error:
        form.add_error("photos" if error.field == "image" else "text", str(error))
        return True
    return False


def messages_of(found: Thread) -> QuerySet[Message]:
    return found.messages.select_related("author").prefetch_related("photos")


def _on_sale(pk: int) -> Product:
    return get_object_or_404(Product.objects.on_sale().select_related("seller"), pk=pk)


def _questions(request: HttpRequest, product: Product, form: AskForm | None = None, status: int = 200) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:100]
    rows = queries.questions_of(product.pk, words, request.user)
    context = {
        "product": product,
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "form": form or AskForm(initial={"key": uuid.uuid4()}),
        "speed": queries.answer_time_in_words(queries.median_answer_minutes(product.seller_id)),
    }
    return render(request, "shop/questions.html", context, status=status)
