# Of two cores, by the microseconds that a cache line takes from one to the other. Near
# cores share a cache; 0: it is not known.
function distance_of(trip) {
	return !trip ? "any" : trip < 0.12 ? "near" : "far"
}
