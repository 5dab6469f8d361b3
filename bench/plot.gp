# The times of all contenders over the size, and over the number of ranks.
#	gnuplot -c plot.gp SUMMARY.csv PICTURE.png RANKS "TITLE"
# RANKS is what the panels over the size are for.

if (ARGC != 4) {
	printerr "usage: gnuplot -c plot.gp SUMMARY.csv PICTURE.png RANKS TITLE"
	exit status 2
}
table = ARG1
fitting = int(ARG3)

set datafile separator comma
set datafile missing NaN
set terminal pngcairo size 1300,820 font "sans,11" noenhanced
set output ARG2
set logscale xy
set grid ytics xtics linecolor "gray85"
set key off

contenders = "cohort-shm cohort-alloc cohort-socket openmpi mpich floor"
colours = "#d7191c #f4a582 #999999 #2c7bb6 #1a9641 #000000"
style(i) = word(colours, i)
dash(i) = i == 6 ? 3 : 1

set multiplot layout 2,3 title ARG4 noenhanced

set xlabel "bytes per rank"
set ylabel "microseconds per call"
set xtics ("8" 8, "8 Ki" 8192, "64 Ki" 65536, "1 Mi" 1048576, "16 Mi" 16777216)
at(w, p, call, c, k, b, t) = w eq c && k eq call && p == fitting && b > 0 ? t : NaN

do for [call in "bcast gatherv allgatherv allreduce"] {
	set title sprintf("%s, %d ranks", call, fitting)
	if (call eq "bcast") {
		set key bottom right reverse Left samplen 2
	} else {
		set key off
	}
	plot [4:4e7] for [i = 1:words(contenders)] table \
		using 4:(at(stringcolumn(1), $2, call, word(contenders, i), \
			stringcolumn(3), $4, $5)) \
		with linespoints linecolor rgb style(i) linewidth (i == 1 ? 3 : 1.5) \
		pointtype (i == 6 ? 0 : 7) dashtype dash(i) \
		title word(contenders, i)
}

over(w, c, k, call, b, size, t) = w eq c && k eq call && b == size ? t : NaN
set key off
set xlabel "ranks"
set xtics (2, 4, 8, 16, 32, 64, 128, 256, 512)
set title "barrier"
plot [1.5:*] for [i = 1:words(contenders)] table \
	using 2:(over(stringcolumn(1), word(contenders, i), stringcolumn(3), \
		"barrier", $4, 0, $5)) \
	with linespoints linecolor rgb style(i) linewidth (i == 1 ? 3 : 1.5) \
	pointtype (i == 6 ? 0 : 7) dashtype dash(i) notitle
set title "allreduce, 8 bytes"
plot [1.5:*] for [i = 1:words(contenders)] table \
	using 2:(over(stringcolumn(1), word(contenders, i), stringcolumn(3), \
		"allreduce", $4, 8, $5)) \
	with linespoints linecolor rgb style(i) linewidth (i == 1 ? 3 : 1.5) \
	pointtype (i == 6 ? 0 : 7) dashtype dash(i) notitle
unset multiplot
