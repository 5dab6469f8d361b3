#!/usr/bin/env bash
# `cohort results` of a journal that a program made with the library: the example,
# whose own table has the same numbers.
#
#   journal.sh COHORT RO_SWEEP
set -euo pipefail
export LC_ALL=C COHORT_PROGRESS=never COHORT_BACKEND=serial

cohort=$1 ro_sweep=$2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
printf 'name,salinity_g_per_kg,temperature_c\nsweet,5,10\nsalty,45,25\n' >seas.csv
"$ro_sweep" --seas seas.csv --recoveries 0.3:0.65:8 --permeabilities 1:2:2 \
	--output own.csv --journal kept >said
"$cohort" results kept -o t.csv
[ "$(head -1 t.csv)" = index,run,set,status,seconds,attempts,rank,bytes,data,error ]
[ "$("$cohort" results kept --no-measures | head -1)" = index,set,status,bytes,data,error ]

# Rows, failures and their sentences, and each energy among the doubles of the
# data, whatever the parameter sets of the runs were.
cat >compare.pl <<'END'
my ($rows_wanted) = @ARGV;
open(OWN, "own.csv"); open(OURS, "t.csv");
<OWN>; <OURS>;
my ($rows, $failed, %failures, %energies) = (0, 0);
while (my $ours = <OURS>) {
	chomp $ours;
	my ($index, $run, $set, $status, $s, $a, $r, $bytes, $data, $error) =
		split /,/, $ours, 10;
	die "row $rows: $ours" if $bytes * 2 != length $data || length $set != 32;
	die "again: $ours" if $sets{"$set $index"}++;
	$rows++;
	if ($status eq "failed") {
		die "no reason: $ours" if $error eq "";
		$failed++;
	} else {
		$energies{sprintf "%.17g", $_} = 1 for unpack "d*", pack "H*", $data;
	}
}
my $own_failed = 0;
while (my $own = <OWN>) {
	chomp $own;
	my @own = split /,/, $own, -1;
	$own[6] eq "" ? $own_failed++ : $energies{sprintf "%.17g", $own[6]} || die "missing: $own";
}
die "$rows rows, $failed failed" if $rows != $rows_wanted ||
	$failed != $own_failed || !$own_failed;
print "$rows rows, $failed failed\n";
END
perl compare.pl 32

# A sea in front of the others, and the failures once more: only 16 rows are new.
sea() {
	"$ro_sweep" --seas seas.csv --recoveries 0.3:0.65:8 --permeabilities 1:2:2 \
		--output own.csv --journal kept "$@" >said
	"$cohort" results kept -o t.csv
}
printf 'name,salinity_g_per_kg,temperature_c\nfirst,20,15\nsweet,5,10\nsalty,45,25\n' \
	>seas.csv
sea
perl compare.pl 48
cp t.csv before.csv
sea --rerun-failed
perl compare.pl 48
! cmp -s before.csv t.csv
# A sea is removed, and the others change places: nothing runs.
printf 'name,salinity_g_per_kg,temperature_c\nsalty,45,25\nfirst,20,15\n' >seas.csv
cp t.csv before.csv
sea
cmp before.csv t.csv
mkdir empty
status=0
"$cohort" results empty >out 2>said || status=$?
[ $status = 2 ] && [ ! -s out ] && [ "$(wc -l <said)" = 1 ]
