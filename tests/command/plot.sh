#!/usr/bin/env bash
# Pictures of a sweep: what gnuplot is told, and that it draws it.
#
#   plot.sh COHORT
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never

# shellcheck source=tests/command/expect.sh
. "$(dirname "$0")/expect.sh"

cohort=$1
docs=$(cd "$(dirname "$0")/../../docs" && pwd)/command.md
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# A gnuplot that keeps what it is told.
mkdir fake
cat >fake/gnuplot <<END
#!/bin/sh
cat >"$folder/script"
echo drawn
END
chmod +x fake/gnuplot
told() {
	PATH=$folder/fake:$PATH "$cohort" results task.cohort --plot t.svg "$@"
	same 'the picture is what gnuplot printed' drawn "$(cat t.svg)"
}

# block NAME: the lines of a data block of the script.
block() {
	sed -n "/^\\\$$1 << EOD/,/^EOD/p" script | sed '1d; $d'
}

cat >task <<'END'
#!/bin/sh
# task X Y WORD: X * Y, or fails at (2, 3).
[ "$1$2" != 23 ] || exit 1
[ "$1$2" != 13 ] || kill -SEGV $$
sleep 0.02
echo "{\"product\": $(($1 * $2)), \"word\": \"$3\"}"
END
chmod +x task
args=(-n 2 --parse json -p x=1,2,4 -p y=1,3 -p 'word=a,it'\''s' -- ./task)
"$cohort" sweep --only 0-5 "${args[@]}" 2>said || [ $? = 1 ]
"$cohort" sweep "${args[@]}" 2>said || [ $? = 1 ]
"$cohort" results task.cohort -o t.csv

# ---- time ----

told
same 'the ends of tasks' 'ok (8)failed (2)crashed (2)' \
	"$(grep -o "title '[a-z ]*([0-9]*)'" script | cut -d"'" -f2 | tr -d '\n')"
same 'a bar for each task' '8 2 2' "$(for end in 0 1 2; do
	block end$end | wc -l
done | paste -sd' ')"
for end in 0 1 2; do
	block end$end
done | sort -g >bars
same 'time begins at 0' 0 "$(head -1 bars | cut -d' ' -f1)"
# No rank runs two tasks at once, and bars are as long as tasks took.
sort -k2,2n -k1,1g bars | awk '{ if ($2 == rank && $3 < to - 1e-3) exit 1
	rank = $2; to = $4 }'
same 'the time of all tasks' "$(awk -F, 'NR > 1 { s += $7 }
	END { printf "%.3f", s }' t.csv)" \
	"$(awk '{ s += $4 - $3 } END { printf "%.3f", s }' bars)"
same 'a line between two runs' 1 "$(grep -c 'set arrow' script)"
edge=$(sed -n 's/set arrow from first \([^,]*\),.*/\1/p' script)
same 'tasks of the first run' 6 "$(awk -v e="$edge" '$4 <= e + 1e-6' bars | wc -l)"
same 'tasks of the second run' 6 "$(awk -v e="$edge" '$3 >= e - 1e-6' bars | wc -l)"
same 'ranks' "$(tail -n +2 t.csv | cut -d, -f10 | sort | uniq -c)" \
	"$(cut -d' ' -f2 bars | sort | uniq -c)"

# ---- results ----

# Each place has two tasks. x is 1, 2, 4, so that its axis is logarithmic, and
# squares end at multiples of the root of 2.
told --plot-over x,y
same 'the map' '1 1 0.707106781 1.41421356 0 2 1
2 1 1.41421356 2.82842712 0 2 2
4 1 2.82842712 5.65685425 0 2 4
4 3 2.82842712 5.65685425 2 4 12' "$(block values)"
same 'places without a value' $'1 3\n2 3' "$(block none)"
same 'the name of the result' "set cblabel 'product' noenhanced" \
	"$(grep cblabel script)"
told --plot-over x
same 'the name of the result on an axis' "set ylabel 'product' noenhanced" \
	"$(grep ylabel script)"
told --plot-over x --plot-of product
same 'points' $'1 1\n1 1\n2 2\n2 2\n4 4\n4 4\n4 12\n4 12' \
	"$(block values | sort -n -k1 -k2)"
told --plot-over word,y --plot-of product
same 'words on an axis' "set xtics noenhanced ('a' 0, 'it''s' 1)" \
	"$(grep xtics script)"
same 'means' '0 1 -0.5 0.5 0 2 2.33333333' "$(block values | head -1)"
told --plot-over status --plot-of seconds
same 'a table column over another' 12 "$(block values | wc -l)"
told -o - --no-measures >both.csv
same 'a table too' 13 "$(wc -l <both.csv)"

# A key that a parameter has is a column of its own.
"$cohort" sweep -n 1 --journal keys --parse json -p y=1,2 -- \
	sh -c 'echo "{{\"y\": $(($1 * 9))}}"' sh 2>said
PATH=$folder/fake:$PATH "$cohort" results keys --plot t.svg --plot-over y
same 'the name of a key that a parameter has' "set ylabel 'y_2' noenhanced" \
	"$(grep ylabel script)"
same 'its values' $'1 9\n2 18' "$(block values)"

# A name with a comma, another one that is a part of it, and one place only: gnuplot says
# nothing of its range.
printf '"a,b",b,"größe ""m"""\n1,7,3\n2,7,3\n' >odd.csv
"$cohort" sweep -n 1 --journal odd --input odd.csv -- sh -c 'echo' 2>said
for over in 'a,b' 'b,a,b' 'a,b,b' 'größe "m"' 'b,größe "m"'; do
	"$cohort" results odd --plot odd.svg --plot-over "$over" 2>said
	same "what gnuplot says of $over" '' "$(cat said)"
	PATH=$folder/fake:$PATH "$cohort" results odd --plot t.svg --plot-over "$over" \
		--plot-of b
	case $over in
	'a,b') names="'a,b' 'b'" ;;
	'b,a,b') names="'b' 'a,b' 'b'" ;;
	'a,b,b') names="'a,b' 'b' 'b'" ;;
	b*) names="'b' 'größe \"m\"' 'b'" ;;
	*) names="'größe \"m\"' 'b'" ;;
	esac
	same "the axes of $over" "$names" \
		"$(sed -n "s/^set [xyc]b*label \('.*'\) noenhanced/\1/p" script | paste -sd' ')"
done
same 'the range of one place' 'set xrange [1.5:4.5] set yrange [3.5:10.5]' "$(
	PATH=$folder/fake:$PATH "$cohort" results odd --plot t.svg \
		--plot-over 'größe "m"' --plot-of b
	grep range script | paste -sd' ')"

# Many words, each of them twice. Not all have labels, and the first task has a value.
{
	seq -f w%g 1 500
	seq -f w%g 500 -1 1
} >words
"$cohort" sweep -n 1 --journal words.cohort --only 0 -p word=file:words -- true 2>said
PATH=$folder/fake:$PATH "$cohort" results words.cohort --plot t.svg --plot-over word
grep -o "'w[0-9]*' [0-9]*" script >labels
[ "$(wc -l <labels)" -gt 50 ] && [ "$(wc -l <labels)" -le 100 ]
tr -d "'w" <labels | awk '$1 != $2 + 1 { exit 1 }'
same 'the range of words' 'set xrange [-0.5:499.5]' "$(grep xrange script)"
block none | cut -d' ' -f1 | sort -n | uniq -c | awk '$1 != 2 - ($2 == 0)' >others
same 'places of words that are not there twice' '' "$(cat others)"

# A failure of a millisecond in a second is some pixels wide.
"$cohort" sweep -n 2 --journal thin -p program=sleep,false -- '{program}' 1 2>said || true
PATH=$folder/fake:$PATH "$cohort" results thin --plot t.svg
awk '/^set xrange/ { gsub(/.*:|\]/, ""); whole = $1 / 1.01 }
	/^\$end1/ { getline; exit !($4 - $3 > 0.0019 * whole) }' script || {
	echo "a failure is too thin to be seen"
	cat script
	exit 1
}

# ---- pictures ----

# In the "C" locale, too.
for ending in png svg pdf; do
	for over in '' '--plot-over x' '--plot-over x,y'; do
		# shellcheck disable=SC2086
		"$cohort" results task.cohort --plot real.$ending $over 2>said
		same "what gnuplot says of real.$ending $over" '' "$(cat said)"
		case $ending in
		png) head -c 4 real.png | grep -q PNG ;;
		svg) tail -n 2 real.svg | grep -q '</svg>' ;;
		pdf) head -c 4 real.pdf | grep -q PDF && tail -n 1 real.pdf | grep -q EOF ;;
		esac || {
			echo "real.$ending $over is no picture"
			exit 1
		}
	done
done
"$cohort" results task.cohort --plot real.svg
grep -qi '#d6604d\|214,  96,  77' real.svg
cp real.svg before.svg

# ---- the picture of docs/command.md, by the commands that stand there ----

mkdir shown
commands=$(sed -n '/^cohort sweep -n 4 -p digits/,/^```/p' "$docs" | grep -v '^```')
(
	cd shown
	cohort() {
		"$cohort" "$@"
	}
	eval "$commands" 2>../said || [ $? = 1 ]
)
grep -q '^cohort: 26 done, 4 failed' said
head -c 4 shown/sweep.png | grep -q PNG

# ---- where a picture may go ----

# As a table: what a link names is replaced, and devices and FIFOs are written. The
# gnuplot that prints one word draws.
plots() {
	PATH=$folder/fake:$PATH "$cohort" results task.cohort --plot "$1"
}
mkdir place
echo old >place/target.svg
exec 3<place/target.svg
ln -s place link
ln -s target.svg place/second.svg
ln -s link/second.svg first.svg
plots first.svg
same 'the picture that a link names' drawn "$(cat place/target.svg)"
same 'the picture that it replaces' old "$(cat <&3)"
exec 3<&-
[ -L first.svg ] && [ -L place/second.svg ]
ln -s place/new.svg dangling.svg
plots dangling.svg
same 'a picture that was not there' drawn "$(cat place/new.svg)"
[ -L dangling.svg ]
ln -s /proc/self/fd/1 output.svg
same 'a picture on standard output' drawn "$(plots output.svg)"
if mknod nothing c 1 3 2>said && { : >nothing; } 2>said; then
	ln -s nothing nothing.svg
	plots nothing.svg
	[ -c nothing ] && [ -L nothing.svg ]
else
	echo "no device of its own can be made here: $(cat said)"
fi
mkfifo fifo.svg
timeout 60 cat fifo.svg >read &
reader=$!
plots fifo.svg
wait $reader
same 'a picture in a FIFO' drawn "$(cat read)"
[ -p fifo.svg ]

# ---- what cannot be drawn ----

# refused 'PART OF THE SENTENCE' ARGUMENT...; with `wanted`, the status.
refused() {
	local status=0 wanted=${wanted:-2}

	PATH=${search:-$PATH} "$cohort" results task.cohort "${@:2}" >out 2>said || status=$?
	[ $status = "$wanted" ] && grep -qF -- "$1" said && [ "$(wc -l <said)" = 1 ] &&
		[ ! -s out ] || {
		echo "${*:2}: expected status $wanted and '$1', but got $status and:"
		cat said out
		exit 1
	}
}
refused "'jpeg' is no format of pictures" --plot t.jpeg
refused 'did you mean .png?' --plot t.pgn
refused 'no/such.png: it cannot be written' --plot no/such.png
mkdir folder.svg
refused '--plot folder.svg: it cannot be written: it is a directory' --plot folder.svg
ln -s loop.svg loop.svg
refused '--plot loop.svg: it cannot be written: Too many levels' --plot loop.svg
refused '--plot-over says what --plot draws' --plot-over x
refused '--plot-of says what --plot draws' --plot-of x
refused '--plot-of is a result over the parameters' --plot t.png --plot-of x
refused "no column 'words'; did you mean word?" --plot t.png --plot-over words
refused "no column 'produkt'; did you mean product?" --plot t.png \
	--plot-over x --plot-of produkt
refused '--plot-of word: its values are no numbers' --plot t.png --plot-over x \
	--plot-of word
refused '--plot-of word_2: its values are no numbers' --plot t.png --plot-over x \
	--plot-of word_2
search=/nowhere refused 'pictures need gnuplot, which is not in PATH' --plot t.png
printf '#!/bin/sh\nexit 3\n' >fake/gnuplot
search=$folder/fake:$PATH wanted=3 refused 'gnuplot could not draw the picture (exit status 3)' \
	--plot real.svg
cmp real.svg before.svg
"$cohort" sweep -n 1 --halt soon,fail=1 -p a=1 -- false 2>said || true
same 'no drafts are left' '' "$(ls ./*.new 2>/dev/null || true)"
