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
[ "$(head -1 t.csv)" = index,status,seconds,attempts,rank,bytes,data,error ]
[ "$("$cohort" results kept --no-measures | head -1)" = index,status,bytes,data,error ]

# Rows, failures and their sentences, and each energy among the doubles of the
# data.
perl -e '
open(OWN, "own.csv"); open(OURS, "t.csv");
<OWN>; <OURS>;
my ($rows, $failed) = (0, 0);
while (my $own = <OWN>) {
	my $ours = <OURS>; chomp($own, $ours);
	my @own = split /,/, $own, -1; my @ours = split /,/, $ours, 8;
	die "row $rows: $ours" if $ours[0] != $rows || $ours[5] * 2 != length $ours[6];
	if ($own[6] eq "") {
		die "row $rows: $ours" if $ours[1] ne "failed" || $ours[7] eq "";
		$failed++;
	} else {
		my @doubles = unpack "d*", pack "H*", $ours[6];
		die "row $rows: @doubles" if $ours[1] ne "ok" || !grep { $_ == $own[6] } @doubles;
	}
	$rows++;
}
die "more rows" if <OURS>;
die "$rows rows, $failed failed" if $rows != 32 || !$failed;
print "$rows rows, $failed failed\n";
'
mkdir empty
status=0
"$cohort" results empty >out 2>said || status=$?
[ $status = 2 ] && [ ! -s out ] && [ "$(wc -l <said)" = 1 ]
