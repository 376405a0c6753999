from django import template

from dure.kit import money

register = template.Library()
register.filter("won", money.won)
