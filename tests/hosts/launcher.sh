# shellcheck shell=bash
# For scripts on the head that hosts.sh makes: how launchers start ranks on the
# hosts. All else is as it is installed.

# The first two are for Open MPI 4, the others for Open MPI from 5 on.
export OMPI_MCA_plm=rsh OMPI_MCA_plm_rsh_agent=$HOSTS/rsh
export PRTE_MCA_plm=ssh PRTE_MCA_plm_ssh_agent=$HOSTS/rsh

# COHORT_CHECK is on in every second case, and with the other MPI in the others: so each
# case runs with it and without. COHORT_TEST_HOSTS_CHECK=1 or 0 sets it for all cases.
hosts_check=${COHORT_TEST_HOSTS_CHECK:-}
choose_check() {
	local sum on=$hosts_check
	sum=$(cksum <<<"$1")
	[ "$family" = openmpi ] || sum=$((${sum%% *} + 1))
	[ -n "$on" ] || on=$((${sum%% *} % 2))
	export COHORT_CHECK=$on
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
# may be more ranks than cores.
launch_words() {
	local family=$1 launcher=$2 layout=$3 host
	ranks=0
	for host in ${layout//,/ }; do
		ranks=$((ranks + ${host#*:}))
	done
	case $family in
	openmpi)
		launch=("$launcher" -n "$ranks" -host "$layout")
		case $("$launcher" --version) in
		# Its --oversubscribe puts all ranks on the first host.
		*"(Open MPI) "[5-9]*) launch+=(--map-by slot:OVERSUBSCRIBE) ;;
		*) launch+=(--oversubscribe) ;;
		esac
		;;
	mpich)
		launch=("$launcher" -n "$ranks" -hosts "$layout" -iface eth0
			-launcher rsh -launcher-exec "$HOSTS/rsh")
		;;
	esac
}
