# shellcheck shell=bash
# For scripts on the head that hosts.sh makes: how launchers start ranks on the
# hosts. All else is as it is installed.

# The first two are for Open MPI 4, the others for Open MPI from 5 on.
export OMPI_MCA_plm=rsh OMPI_MCA_plm_rsh_agent=$HOSTS/rsh
export PRTE_MCA_plm=ssh PRTE_MCA_plm_ssh_agent=$HOSTS/rsh

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
