# How the specific energy of a plant scatters: a box for each sea.
#	gnuplot -c monte-carlo.gp SUMMARY.csv PICTURE.png RECOVERY

if (ARGC != 3) {
	printerr "usage: gnuplot -c monte-carlo.gp SUMMARY.csv PICTURE.png RECOVERY"
	exit status 2
}
summary = ARG1
picture = ARG2
recovery = real(ARG3)

set datafile separator comma
set datafile columnheaders
set terminal pngcairo size 1100,720 font "sans,11"
set output picture

set title sprintf("Reverse osmosis of sea water, %.3g %% recovery: specific energy of plants drawn at random", 100 * recovery)
set ylabel "kWh per m^3 of product"
set xtics rotate by -55 left nomirror
set rmargin 8
set grid ytics back
set boxwidth 0.6
set style fill solid 0.5
set key top left reverse Left
set offsets 1, 1, graph 0.05, graph 0.02

# A sea none of whose samples works has empty cells, and no box.
plot summary using 0:(column("p25")):(column("p5")):(column("p95")):(column("p75")):xtic(1) \
	with candlesticks linecolor "#2c7bb6" title "half of the samples, and nine tenths of them" whiskerbars 0.5, \
     summary using 0:(column("p50")):(column("p50")):(column("p50")):(column("p50")) \
	with candlesticks linecolor "black" linewidth 2 title "median", \
     summary using 0:(column("mean")) \
	with points pointtype 2 pointsize 0.7 linecolor "#d7191c" title "mean"
