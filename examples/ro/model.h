/*
 * Sea-water reverse osmosis in one dimension: a pressure vessel of spiral
 * wound elements in series, and the pump and pressure exchanger around it.
 * Knows nothing of cohort, of files or of processes.
 *
 * Along the vessel, per area of membrane: water passes in proportion to the
 * pressure above the osmotic pressure difference (A), salt to the salinity
 * difference (B), both at the membrane's surface, where film theory has the
 * salinity raised; the channel costs pressure. Feed flow, salt and pressure
 * are integrated from inlet to outlet, and a root search around that finds
 * the feed pressure with which the vessel yields the recovery asked for.
 *
 * Salinities are g/kg and recovery is product over feed, both by mass, so
 * that balances close exactly; by volume recovery would be some 2 % higher.
 */
#ifndef RO_MODEL_H
#define RO_MODEL_H

/* The plant. Areas, flows and permeabilities as the trade quotes them. */
struct ro_design {
	double elements;          /* in series in one vessel, a whole number */
	double element_area;      /* m2 */
	double element_length;    /* m */
	double channel_height;    /* m */
	double channel_porosity;  /* of the spacer, 0 to 1 */
	double feed_flow;         /* m3/h into one vessel */
	double salt_permeability; /* B at 25 C, L/(m2 h) */
	double max_pressure;      /* bar */
	double pump_efficiency;   /* 0 to 1; booster pump too */
	double exchanger_efficiency;
	double friction;     /* times the channel's; 0: none */
	double polarisation; /* times the film's; 0: none */
	double cells;        /* integration steps in one element */
};

/* A design that is common today: 8-inch elements of 37 m2, seven in a
 * vessel, 83 bar (1200 psi). */
extern const struct ro_design ro_design_typical;

/* No salt passes, no film, no friction, machines without losses, area and
 * pressure in plenty. */
extern const struct ro_design ro_design_ideal;

struct ro_case {
	double salinity;          /* of the feed, g/kg */
	double temperature;       /* C */
	double recovery;          /* product over feed, by mass */
	double permeability;      /* A at 25 C, L/(m2 h bar) */
	double salt_permeability; /* B at 25 C, L/(m2 h); 0: the design's */
};

struct ro_result {
	double feed_pressure;    /* bar above the atmosphere */
	double brine_pressure;   /* bar */
	double specific_energy;  /* kWh per m3 of product: pumps, no intake */
	double least_energy;     /* kWh/m3: the thermodynamic minimum */
	double mean_flux;        /* L/(m2 h) */
	double product_salinity; /* g/kg */
	double brine_salinity;   /* g/kg */
	double polarisation;     /* highest salinity at the membrane by bulk */
	double feed_mass;        /* kg/s in one vessel */
	double product_mass;     /* kg/s */
	double brine_mass;       /* kg/s */
};

/* Enough for every sentence that this model says. */
#define RO_WHY_BYTES 256

struct ro_vessel;

/**
 * Work out what all cases of a design share. Released with free().
 * NULL, and a sentence in `why`, if the design makes no sense or there is no
 * memory.
 */
struct ro_vessel *ro_vessel_new(const struct ro_design *design,
                                char why[RO_WHY_BYTES]);

/**
 * Find the operating point of one case. Returns 0; or -1 with a sentence in
 * `why`, and *out untouched, if the case cannot work.
 */
int ro_solve(const struct ro_vessel *vessel, const struct ro_case *point,
             struct ro_result *out, char why[RO_WHY_BYTES]);

/** Thermodynamic minimum, kWh per m3 of pure water, for any valid case. */
double ro_least_energy(double salinity, double temperature, double recovery);

#endif
