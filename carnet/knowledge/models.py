from typing import Self

from django.db import models

from carnet.kernel.fields import TextsField

LANGUAGES = [("fr", "Français"), ("en", "English"), ("es", "Español")]


class FaqSection(models.Model):
    """A heading under which questions stand."""

    slug = models.SlugField(max_length=60, unique=True)
    position = models.PositiveSmallIntegerField()
    title = TextsField()

    def __str__(self) -> str:
        return self.slug


class FaqEntryQuerySet(models.QuerySet["FaqEntry"]):
    def in_language(self, language: str) -> Self:
        """In the order of the page, with their sections."""
        return self.filter(language=language).select_related("section").order_by("section__position", "position", "id")


class FaqEntry(models.Model):
    """A question with its answer in one language; the same slug names it in the others."""

    section = models.ForeignKey(FaqSection, models.PROTECT, related_name="entries")
    language = models.CharField(max_length=2, choices=LANGUAGES)
    slug = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=200)
    answer = models.TextField()  # Markdown
    changed_at = models.DateTimeField()

    objects = FaqEntryQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["slug", "language"], name="knowledge_entry_once")]

    def __str__(self) -> str:
        return f"{self.slug} ({self.language})"
