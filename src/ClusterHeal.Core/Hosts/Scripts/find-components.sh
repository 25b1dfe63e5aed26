# Needs library.sh.
# Prints what this host knows of some components, one fact on a line, for ComponentFacts to read. Changes nothing, and trusts no process because of its name.
# Arguments: the units that may run the kubelet, and the folders in which it may find its manifests if its settings do not say (words separated by
# blanks); then three for each component: its name, its process names, its unit names.
set -u
kubelet_units=$1 manifest_folders=$2
shift 2

one_line() { tr '\000\n' '\037 '; }

# Value of the flag $1 in the words, one on a line, of standard input.
flag() { sed -n -e "/^--$1\$/{n;p;q;}" -e "s/^--$1=//p"; }

# Sets short to the kernel's name for a process of the program $1: 15 characters.
shorten() {
    short=$1
    while [ ${#short} -gt 15 ]; do short=${short%?}; done
}
# The processes with the names of components, as "process name": by the kernel's name for them (15 characters), and by the first
# word of their command line, if a program is started under another name. Any process may be among them.
wanted=- known=' '
for words in "$@"; do
    for word in $words; do
        shorten "$word"
        wanted="$wanted|$word" known="$known$short "
    done
done
processes=$(
    {
        for process in /proc/[0-9]*; do
            { IFS= read -r name < "$process/comm"; } 2>/dev/null && case $known in *" $name "*) printf '%s %s\n' "${process#/proc/}" "$name" ;; esac
        done
        # A line of grep is FILE:NUMBER:WORD, the number 1 for the first word.
        grep -aHnozE -m 1 "^(.*/)?($wanted)\$" /proc/[0-9]*/cmdline | tr '\000' '\n' |
            sed -n -E 's#^/proc/([0-9]+)/cmdline:1:(.*/)?([^/]{0,15}).*$#\1 \3#p'
    } 2>/dev/null | sort -u
)
pods=' '
for process in $(processes_in "$lib_static_pod"); do pods="$pods$process "; done

# True if the process $1 is the main process of the unit $2, and runs a program that only root can have put there.
is_units_own() {
    [ "$(main_process "$2")" = "$1" ] && program=$(readlink -- "/proc/$1/exe" 2>/dev/null) && trusted_program "$program" > /dev/null
}

# Prints the process $2 with the word $1 in front.
describe() {
    stat=''
    { command=$(one_line < "/proc/$2/cmdline") && while IFS= read -r line; do stat=$stat$line; done < "/proc/$2/stat"; } 2>/dev/null || return 0
    # A process that has just ended has no user any more.
    user=$(user_of "$2")
    [ -n "$command" ] && [ -n "$user" ] || return 0
    word=$1 process=$2
    # The name in it may have any characters. The field 20 after it is the start.
    # shellcheck disable=SC2086 # Numbers.
    set -- ${stat##*) }
    [ $# -ge 20 ] || return 0
    shift 19
    printf '%s %s %s %s %s\ncommand %s\n' "$word" "$process" "$1" "$user" "$(cgroup_of "$process")" "$command"
}

# The kubelet is the main process of its unit, and runs as root.
kubelet=''
for unit in $kubelet_units; do
    [ -z "$kubelet" ] && kubelet=$(main_process "$unit") || continue
    [ -z "$kubelet" ] || [ "$(user_of "$kubelet")" = 0 ] || kubelet=''
done

# Its arguments: those it runs with, otherwise those its unit would give it.
kubelet_arguments() {
    [ -z "$kubelet" ] || { tr '\000' '\n' < "/proc/$kubelet/cmdline" && return; } 2>/dev/null
    # shellcheck disable=SC2086 # The names are words of ours.
    unit_settings $kubelet_units 2>/dev/null | tr ' "'"'" '\n\n\n' | sed 's/^[A-Z_]*=--/--/'
}

# Value of the key $1 in the kubelet's configuration, YAML or JSON.
kubelet_setting() {
    [ -z "$configuration" ] || sed -n -e "s/^$1:[[:space:]]*//p" -e "s/.*\"$1\":[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$configuration" 2>/dev/null |
        sed -e 's/[[:space:]]#.*//' -e "s/^[\"']//" -e "s/[\"'][[:space:]]*\$//" | head -n 1
}

# The first of the usual folders that exists, otherwise the first.
usual_manifests() {
    for folder in $manifest_folders; do [ ! -d "$folder" ] || { printf '%s\n' "$folder"; return; }; done
    printf '%s\n' "${manifest_folders%% *}"
}

arguments=$(kubelet_arguments)
configuration=$(printf '%s\n' "$arguments" | flag config)
manifests=$(printf '%s\n' "$arguments" | flag pod-manifest-path)
[ -n "$manifests" ] || manifests=$(kubelet_setting staticPodPath)
[ -n "$manifests" ] || { [ -n "$configuration" ] && [ -r "$configuration" ]; } || manifests=$(usual_manifests)
case $manifests in /*) manifests=${manifests%/} ;; *) manifests='' ;; esac
runtime=$(printf '%s\n' "$arguments" | flag container-runtime-endpoint)
[ -n "$runtime" ] || runtime=$(kubelet_setting containerRuntimeEndpoint)

printf 'clock %s\n' "$(date +%s)"
printf 'boot %s\n' "$(sed -n 's/^btime //p' /proc/stat)"
printf 'ticks %s\n' "$(getconf CLK_TCK 2>/dev/null || echo 100)"
printf 'manifests %s\n' "$manifests"
printf 'runtime %s\n' "$runtime"
for stopped in /var/lib/clusterheal/stopped/*; do
    [ -f "$stopped" ] && { IFS= read -r line < "$stopped"; printf 'stopped %s\n' "$line"; }
done
# Field 4 is the state, 0A is LISTEN; field 2 is the address and the port; field 8 is the user who opened it.
sed -n 's/^ *[0-9]*: [0-9A-F]*:\([0-9A-F]*\) [0-9A-F:]* 0A [0-9A-F:]* [0-9A-F:]* [0-9A-F]* *\([0-9]*\) .*/listening \1 \2/p' \
    /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u

while [ $# -ge 3 ]; do
    component=$1 names=$2 units=$3
    shift 3
    printf 'component %s\n' "$component"
    for name in $names; do
        shorten "$name"
        while IFS=' ' read -r process found; do
            [ "$found" = "$short" ] || continue
            case $pods in
                *" $process "*) ! is_container "$process" "$name" || describe pod "$process" ;;
                *)
                    unit=$(unit_of "$process")
                    [ -z "$unit" ] || ! is_units_own "$process" "$unit" || units="$units $unit" ;;
            esac
        done <<PROCESSES
$processes
PROCESSES
        for manifest in "$manifests/$name".yaml "$manifests/$name".yml "$manifests/$name".json "$manifests/$name".manifest; do
            [ -f "$manifest" ] && printf 'manifest %s\n' "$manifest"
        done
        grep -lE "^[[:space:]]*component:[[:space:]]*\"?$name\"?[[:space:]]*\$" "$manifests"/[!.]* 2>/dev/null | sed 's/^/manifest /'
        if command -v crictl >/dev/null 2>&1; then
            printf 'container %s\n' "$(timeout 10 crictl ps -a --name "^$name\$" -o json 2>/dev/null | one_line)"
        fi
    done
    # shellcheck disable=SC2086 # The names are words of ours and of the service manager.
    facts=$(unit_facts $units)
    for process in $(main_processes_in "$facts"); do describe process "$process"; done
    while IFS= read -r line; do printf 'unit %s\n' "$line"; done <<FACTS
$facts
FACTS
done
