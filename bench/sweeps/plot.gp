# The makespan of all contenders over the ideal one, and what a task costs.
#	gnuplot -c plot.gp SUMMARY.csv PICTURE.png "TITLE"

if (ARGC != 3) {
	printerr "usage: gnuplot -c plot.gp SUMMARY.csv PICTURE.png TITLE"
	exit status 2
}
table = ARG1

set datafile separator comma
set datafile missing NaN
set terminal pngcairo size 1300,560 font "sans,11" noenhanced
set output ARG2

names = "cohort static guided isolate journal both openmpi pool pool-1 imap futures mpi4py xargs parallel"
labels = '"cohort" "static" "guided" "isolated" "journal" "both" "over Open MPI" "Pool.map" "chunksize=1" "imap" "ProcessPool" "MPIPool" "xargs -P" "parallel"'
shapes = "uniform bimodal heavy"
colours = "#2c7bb6 #fdae61 #d7191c"
place(who) = sum [i = 1:words(names)] (word(names, i) eq who ? i : 0)

set multiplot layout 1,2 title ARG3 noenhanced
set grid ytics linecolor "gray85"
set xrange [0.4:words(names) + 0.6]
set xtics rotate by -40 left
do for [i = 1:words(names)] {
	set xtics add (word(labels, i) i)
}
set boxwidth 0.26
set style fill solid noborder

set title "time of the sweep over max(all / workers, longest)"
set ylabel "1: could not be less"
set logscale y
set yrange [0.9:*]
set ytics (1, 1.2, 1.5, 2, 3, 5, 10, 20)
set key top left
plot for [s = 1:words(shapes)] table \
	using (place(stringcolumn(1)) + 0.27 * (s - 2)): \
		(stringcolumn(2) eq word(shapes, s) ? $4 : NaN) \
	with boxes linecolor rgb word(colours, s) title word(shapes, s)

set title "empty tasks"
set ylabel "microseconds a task"
set key off
set yrange [*:*]
set ytics auto
set boxwidth 0.6
set format y "%g"
plot table using (place(stringcolumn(1))): \
		(stringcolumn(2) eq "empty" ? $3 : NaN) \
	with impulses linewidth 12 linecolor rgb word(colours, 1)
unset multiplot
