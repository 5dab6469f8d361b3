# What an interactive zsh does with the keys of each argument, behind which it gets a
# tab: what it lists, and in the form <LINE>. what then stands at its prompt.
#
#	zsh -f prompt.zsh FOLDER KEYS...
#
# FOLDER has the completion.
zmodload zsh/zpty
export TERM=dumb
folder=$1
shift
zpty shell zsh -f -i
zpty -w shell "PS1='> ' PS2= LISTMAX=10000
fpath=(${(q)folder} \$fpath)
autoload -U compinit
compinit -u -D
say() { zle -I; print -r -- \"<\$BUFFER>.\"; BUFFER= }
zle -N say
bindkey '^X' say
stty -echo
print -r -- '<read''y>.'"
zpty -r shell screen '*<ready>.*'
for keys; do
	zpty -n -w shell "$keys"$'\t\x18'
	zpty -r shell screen '*<*>.*'
	print -r -- ${screen//$'\r'/}
done
zpty -d shell
