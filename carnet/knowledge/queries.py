from carnet.knowledge.models import FaqEntry


def slugs() -> list[str]:
    """The slugs of all entries, once each, in no order of meaning."""
    return sorted(set(FaqEntry.objects.values_list("slug", flat=True)))
