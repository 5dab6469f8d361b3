# shellcheck shell=bash
# For scripts on the head that hosts.sh makes: how launchers start ranks on the
# hosts. All else is as it is installed.

# The first two are for Open MPI 4, the others for Open MPI from 5 on.
export OMPI_MCA_plm=rsh OMPI_MCA_plm_rsh_agent=$HOSTS/rsh
export PRTE_MCA_plm=ssh PRTE_MCA_plm_ssh_agent=$HOSTS/rsh

# shellcheck source=tests/drawn.sh
. "$(dirname "${BASH_SOURCE[0]}")/../drawn.sh"

# COHORT_CHECK is on in every second case, and with the other MPI in the others. All turn
# every second day, since some tests run with one MPI a day: in four days each case runs
# with each MPI, with the check and without. COHORT_TEST_HOSTS_CHECK=1 or 0 sets it for
# all cases.
hosts_check=${COHORT_TEST_HOSTS_CHECK:-}
choose_check() {
	local sum on=$hosts_check
	sum=$(cksum <<<"$1")
	sum=$((${sum%% *} + draw / 2))
	[ "$family" = openmpi ] || sum=$((sum + 1))
	[ -n "$on" ] || on=$((sum % 2))
	export COHORT_CHECK=$on
}

# turns INDEX: whether it is this MPI's turn today to do what each has every second day.
turns() {
	local other=0
	[ "$family" = openmpi ] || other=1
	drawn $(($1 + other)) 2
}

# MPICH before 4.2 may hang in MPI_Finalize over TCP, after all that cohort does. Its
# ranks note when they are there, in $ENDING; `noting` are words before their program.
export ENDING=$HOSTS/ending
noting=()
finalize_hangs=0

# To be called before a job is started.
begin_noting() {
	: >"$ENDING"
	finalizing=
	[ "$family" != mpich ] || noting=(env "LD_PRELOAD=$ENDING_LIBRARY")
}

# Whether all ranks of the job have come to MPI_Finalize, and some are still in it. A
# rank that does not come there, or does not end afterwards, is none of MPICH's affair.
is_finalizing() {
	[ "$family" = mpich ] && [ "$(grep -c entered "$ENDING")" -ge "$ranks" ] &&
		[ "$(grep -c left "$ENDING")" -lt "$ranks" ]
}

# Whether that has lasted for long. To be called again and again.
finalize_seems_to_hang() {
	is_finalizing || {
		finalizing=
		return 1
	}
	[ -n "$finalizing" ] || finalizing=$SECONDS
	[ $((SECONDS - finalizing)) -gt 1 ] || return
	finalize_hangs=$((finalize_hangs + 1))
	echo "    ranks hang in this MPICH's MPI_Finalize, after cohort has closed"
}

# launch_words FAMILY LAUNCHER LAYOUT: the words before a program, in the array
# `launch`, and their number of ranks in `ranks`. LAYOUT is like "h1:2,h2:1". There
# may be more ranks than cores. "dealt:h1:2,h2:2" deals ranks 0 and 2 to h1; all hosts
# get the same number of ranks.
launch_words() {
	local family=$1 launcher=$2 layout=${3#dealt:} host map=slot
	[ "$layout" = "$3" ] || map=node
	ranks=0
	for host in ${layout//,/ }; do
		ranks=$((ranks + ${host#*:}))
	done
	case $family in
	openmpi)
		launch=("$launcher" -n "$ranks" -host "$layout")
		case $("$launcher" --version) in
		# Its --oversubscribe puts all ranks on the first host.
		*"(Open MPI) "[5-9]*) launch+=(--map-by $map:OVERSUBSCRIBE) ;;
		*) launch+=(--map-by $map --oversubscribe) ;;
		esac
		;;
	mpich)
		# Hydra begins anew with the first host when all have as many as that.
		[ $map = slot ] || layout=${layout//:[0-9]/:1}
		launch=("$launcher" -n "$ranks" -hosts "$layout" -iface eth0
			-launcher rsh -launcher-exec "$HOSTS/rsh")
		;;
	esac
}
