from django import template

register = template.Library()


@register.filter
def negated(amount: int) -> int:
    return -amount
