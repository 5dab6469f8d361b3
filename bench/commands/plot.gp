# Microseconds of each tool for a run of one command, with the least and the most.
#	gnuplot -c plot.gp SUMMARY.csv PICTURE.png "TITLE"

if (ARGC != 3) {
	printerr "usage: gnuplot -c plot.gp SUMMARY.csv PICTURE.png TITLE"
	exit status 2
}
table = ARG1

set datafile separator comma
set terminal pngcairo size 900,420 font "sans,11" noenhanced
set output ARG2

names = "loop cohort make xargs parallel tsp"
labels = '"a plain loop" "cohort sweep" "make -j" "xargs -P" "GNU parallel" "task-spooler"'
place(who) = sum [i = 1:words(names)] (word(names, i) eq who ? i : 0)
colour(who) = who eq "cohort" ? 0xd7191c : who eq "loop" ? 0x999999 : 0x2c7bb6

set title ARG3
set grid ytics linecolor "gray85"
set xrange [0.4:words(names) + 0.6]
do for [i = 1:words(names)] {
	set xtics add (word(labels, i) i)
}
set ylabel "microseconds for each"
set logscale y
set yrange [100:*]
set boxwidth 0.6
set style fill solid noborder
set key off
plot table using (place(stringcolumn(1))):2:(colour(stringcolumn(1))) \
		with boxes linecolor rgb variable, \
	table using (place(stringcolumn(1))):2:3:4 with yerrorbars \
		linecolor rgb "black" pointsize 0, \
	table using (place(stringcolumn(1))):4:(sprintf("%.0f", $2)) \
		with labels offset 0,0.8
