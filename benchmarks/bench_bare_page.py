"""The unit of the other figures: a bare Django view of 40 kB through the web server."""

from benchmarks.measure import BARE, Site, benchmark


@benchmark("bare page of 40 kB", unit="ms")
def bare_page(site: Site) -> float:
    return site.seconds(BARE) * 1000
