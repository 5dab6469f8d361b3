# shellcheck shell=bash
# The contenders of scripts/bench: which there are, and how each is started. To
# be sourced.
#
# Reads bin, cores, contenders, debian13 and launchers; sets command.

# Sets command: how CONTENDER starts PROGRAM (cohort's bench by default) with
# RANKS ranks.
set_command() {
	local contender=$1 ranks=$2 program=$bin/${3:-bench-cohort}
	local family=${contender#cohort-} extra=()
	case $contender in
	openmpi5* | mpich42*)
		set_command_debian13 "$contender" "$ranks"
		return
		;;
	cohort-shm | cohort-alloc | cohort-socket)
		local transport=${family/alloc/shm}
		[ "$contender" != cohort-alloc ] || extra=(--alloc)
		command=(env COHORT_BACKEND=mp COHORT_TRANSPORT="$transport"
			COHORT_SIZE="$ranks" "$program" "${extra[@]}")
		return
		;;
	cohort-openmpi | cohort-mpich)
		command=(env COHORT_BACKEND=mpi)
		;;
	openmpi | mpich)
		command=()
		program=$bin/bench-$family
		;;
	esac
	[ "$family" != openmpi ] || extra=(--oversubscribe --bind-to none)
	command+=("${launchers[$family]}" "${extra[@]}" -n "$ranks" "$program")
}

# The MPIs of Debian 13, in a root folder of their own. For those with a suffix the
# collectives for shared memory are switched on, which the two choose for few calls
# by themselves.
set_command_debian13() {
	local family=${1%%[0-9]*} ranks=$2 extra=() name
	command=(env)
	case $1 in
	openmpi5-sm) command+=(OMPI_MCA_coll_sm_priority=100) ;;
	mpich42-release-gather)
		for name in BARRIER BCAST REDUCE ALLREDUCE; do
			name=MPIR_CVAR_${name}_POSIX_INTRA_ALGORITHM
			command+=("$name=release_gather")
		done
		;;
	esac
	[ "$family" != openmpi ] || extra=(--oversubscribe --bind-to none)
	command+=(bench/debian13.sh run "$debian13" "mpirun.$family"
		"${extra[@]}" -n "$ranks" "/bench/bench-$family")
}

# Whether a contender is there, and asked for.
wanted() {
	case $1 in
	*openmpi | *mpich)
		[ -n "${launchers[${1#cohort-}]:-}" ] || return
		;;
	esac
	[ ${#contenders[@]} = 0 ] || has "$1" "${contenders[@]}"
}

# The contenders for a number of ranks. MPICH waits busily: with more ranks than
# cores a call takes it many milliseconds.
field() {
	local ranks=$1 all=(cohort-shm cohort-alloc cohort-socket openmpi)
	local who
	[ "$ranks" -gt $((2 * cores)) ] || all+=(mpich)
	for who in "${all[@]}"; do
		! wanted "$who" || echo "$who"
	done
}

# Those that are measured alone only.
field_debian13() {
	local ranks=$1 all=(openmpi5 openmpi5-sm) who
	[ -n "$debian13" ] || return 0
	[ "$ranks" -gt $((2 * cores)) ] || all+=(mpich42 mpich42-release-gather)
	for who in "${all[@]}"; do
		! wanted "$who" || echo "$who"
	done
}

# Those of the mpi backend, where each rank has a core. They are compared with
# MPI itself, and in one process with it (run_wrapper).
over_mpi() {
	local who
	[ "$1" -le "$cores" ] || return 0
	for who in cohort-openmpi cohort-mpich; do
		! wanted "$who" || echo "$who"
	done
}

# Prints the lines of stdin in the order of launch number $1: A B, B A.
in_order() {
	if [ $(($1 % 2)) = 1 ]; then cat; else tac; fi
}
