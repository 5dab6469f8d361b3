# Specific energy over salinity and recovery, for one permeability.
#	gnuplot -c plot.gp TABLE.csv PICTURE.png PERMEABILITY

if (ARGC != 3) {
	printerr "usage: gnuplot -c plot.gp TABLE.csv PICTURE.png PERMEABILITY"
	exit status 2
}
table = ARG1
picture = ARG2
water = real(ARG3)

set datafile separator comma
set datafile columnheaders
set terminal pngcairo size 1100,720 font "sans,12"
set output picture

set title sprintf("Reverse osmosis of sea water: specific energy, membrane of %.3g L/(m^2 h bar)", water)
set xlabel "salinity of the sea, g/kg"
set ylabel "recovery, %"
set cblabel "kWh per m^3 of product"
set palette defined (0 "#2c7bb6", 1 "#abd9e9", 2 "#ffffbf", 3 "#fdae61", 4 "#d7191c")
set key outside top right horizontal
set grid back
set offsets graph 0.03, graph 0.03, graph 0.05, graph 0.05

# 1/0 is a point that is not drawn: another permeability, or no result.
here(w) = abs(w - water) < 1e-9 * water
solved(w, e, y) = here(w) && strlen(e) > 0 ? y : 1/0
failed(w, e, y) = here(w) && strlen(e) == 0 ? y : 1/0

w = "permeability_lmh_per_bar"
e = "energy_kwh_per_m3"

plot table using (column("salinity_g_per_kg")):(solved(column(w), stringcolumn(e), 100 * column("recovery"))):(column(e)) \
	with points pointtype 5 pointsize 1.1 palette title "works", \
     table using (column("salinity_g_per_kg")):(failed(column(w), stringcolumn(e), 100 * column("recovery"))) \
	with points pointtype 2 pointsize 1 linecolor "gray50" title "cannot work; the table says why"
