# shellcheck shell=bash
# What scripts/bench leaves: the report's head, the picture, the page. To be
# sourced, after jobs.sh.
#
# Reads bin, cores, csv, debian13, launchers, out and rank_counts; sets failed.

print_machine() {
	local model
	model=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
	echo "$(date +%F), ${model:-$(uname -m)}, $cores cores," \
		"$(uname -s) $(uname -r | grep -o '^[0-9]*\.[0-9]*')"
	"$bin/bench-cohort" --about
	for family in openmpi mpich; do
		[ -z "${launchers[$family]:-}" ] || "$bin/bench-$family" --about
	done
	[ -z "$debian13" ] || {
		echo "Debian 13:"
		bench/debian13.sh run "$debian13" /bench/bench-openmpi --about
		bench/debian13.sh run "$debian13" /bench/bench-mpich --about
	}
	sort -u "$out/notes.txt"
}

# The tables of contenders that ran alone.
print_alone() {
	local kind text
	for kind in same rewritten; do
		[ -s "$out/alone-$kind.csv" ] || continue
		text="the same buffers again and again"
		[ "$kind" = same ] || text="buffers rewritten before each call"
		awk -v buffers="$text" -f bench/statistics.awk \
			-f bench/distance.awk -f bench/alone.awk "$out/alone-$kind.csv"
	done
	echo
}

picture() {
	local call
	for call in bcast gatherv allgatherv allreduce; do
		grep -q "^[^,]*,[0-9]*,${rank_counts[0]},$call," "$csv" || return 0
	done
	if ! command -v gnuplot >/dev/null; then
		note "gnuplot was not found: there is no picture"
		return
	fi
	gnuplot -c bench/plot.gp "$out/summary.csv" \
		"$out/performance.png" "${rank_counts[0]}" \
		"cohort, Open MPI and MPICH, $cores cores" \
		2>"$out/gnuplot.txt" || {
		cat "$out/gnuplot.txt" >&2
		failed=1
	}
}

# The lines between the marks are replaced.
update_docs() {
	local page=docs/performance.md
	awk -v report="$out/report.txt" '
		/^<!-- run: end -->/ { inside = 0 }
		!inside
		/^<!-- run: begin/ {
			inside = 1
			print "```"
			while ((getline line <report) > 0)
				print line
			print "```"
		}' "$page" >"$out/page.md"
	cp "$out/page.md" "$page"
	[ ! -e "$out/performance.png" ] ||
		cp "$out/performance.png" docs/performance.png
}
