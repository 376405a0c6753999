"""What buyers say of what they bought."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from dure.commerce.catalog.models import Product
from dure.commerce.orders.models import ProductOrder
from dure.kit import clock


class Review(models.Model):
    product_order = models.OneToOneField(ProductOrder, on_delete=models.PROTECT, related_name="review")
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reviews")
    rating = models.PositiveSmallIntegerField()
    text = models.TextField()
    seller_reply = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    hidden = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["product", "-created_at"], name="reviews_of_product")]
        constraints = [models.CheckConstraint(condition=Q(rating__gte=1) & Q(rating__lte=5), name="stars_1_to_5")]


class ReviewPhoto(models.Model):
    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="photos")
    image = models.CharField(max_length=200)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
