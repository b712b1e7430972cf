"""What forms offer to choose from."""

from zoneinfo import available_timezones

_PLACES = "Africa America Antarctica Asia Atlantic Australia Europe Indian Pacific"
_CONTINENTS = tuple(f"{place}/" for place in _PLACES.split())
ZONES = (*sorted(zone for zone in available_timezones() if zone.startswith(_CONTINENTS)), "UTC")
