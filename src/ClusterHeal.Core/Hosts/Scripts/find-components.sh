# Prints what this host knows of some components, one fact on a line, for ComponentFacts to read. Changes nothing.
# Arguments, three for each component: its name, its process names, its unit names (words parted by blanks).
set -u
unit_facts=Id,LoadState,ActiveState,SubState,Result,MainPID,ExecMainCode,ExecMainStatus,NRestarts,UnitFileState,FragmentPath
unit_facts=$unit_facts,ActiveEnterTimestamp,InactiveEnterTimestamp,ExecStart,Environment,EnvironmentFiles,RequiredBy,BoundBy,ConsistsOf

one_line() { tr '\000\n' '\037 '; }

# Value of the flag $1 in the words, one on a line, of standard input.
flag() { sed -n -e "/^--$1\$/{n;p;q;}" -e "s/^--$1=//p"; }

# All processes that may be meant, as "name process": by the kernel's name of them, of which it keeps 15 characters, and by the
# first word of their command line, where a program is started by another name than its own.
wanted=kubelet
for word in "$@"; do wanted="$wanted|$(printf '%s' "$word" | tr ' ' '|')"; done
processes=$(
    {
        for process in /proc/[0-9]*; do
            { read -r name < "$process/comm"; } 2>/dev/null && printf '%s %s\n' "$name" "${process#/proc/}"
        done
        for file in $(grep -lzE "^(.*/)?($wanted)\$" /proc/[0-9]*/cmdline); do
            word=$(tr '\000' '\n' < "$file" | head -n 1)
            process=${file#/proc/}
            printf '%.15s %s\n' "${word##*/}" "${process%/cmdline}"
        done
    } 2>/dev/null | sort -u
)

# The numbers of the processes with the name $1.
process_of() { printf '%s\n' "$processes" | sed -n "s/^$(printf %.15s "$1") //p"; }

# The kubelet's arguments: those it runs with, else those its unit would give it.
kubelet_arguments() {
    for process in $(process_of kubelet); do
        tr '\000' '\n' < "/proc/$process/cmdline" && return
    done
    {
        systemctl show -p ExecStart -p Environment kubelet.service
        systemctl show -p EnvironmentFiles kubelet.service | sed -n 's/^EnvironmentFiles=\(.*\) (ignore_errors=.*/\1/p' |
            while read -r file; do cat -- "$file"; done
    } 2>/dev/null | tr ' "'"'" '\n\n\n' | sed 's/^[A-Z_]*=--/--/'
}

# Value of the key $1 in the kubelet's configuration, YAML or JSON.
kubelet_setting() {
    [ -z "$configuration" ] || sed -n -e "s/^$1:[[:space:]]*//p" -e "s/.*\"$1\":[[:space:]]*\"\([^\"]*\)\".*/\1/p" "$configuration" 2>/dev/null |
        sed -e 's/[[:space:]]#.*//' -e "s/^[\"']//" -e "s/[\"'][[:space:]]*\$//" | head -n 1
}

arguments=$(kubelet_arguments)
configuration=$(printf '%s\n' "$arguments" | flag config)
manifests=$(printf '%s\n' "$arguments" | flag pod-manifest-path)
[ -n "$manifests" ] || manifests=$(kubelet_setting staticPodPath)
[ -n "$manifests" ] || { [ -n "$configuration" ] && [ -r "$configuration" ]; } || manifests=/etc/kubernetes/manifests
manifests=${manifests%/}
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
# Field 4 is the state, 0A is LISTEN; field 2 is the address and the port.
sed -n 's/^ *[0-9]*: [0-9A-F]*:\([0-9A-F]*\) [0-9A-F:]* 0A .*/listening \1/p' /proc/net/tcp /proc/net/tcp6 2>/dev/null | sort -u

while [ $# -ge 3 ]; do
    component=$1 names=$2 units=$3
    shift 3
    printf 'component %s\n' "$component"
    for name in $names; do
        for process in $(process_of "$name"); do
            { stat=$(cat "/proc/$process/stat") && command=$(one_line < "/proc/$process/cmdline"); } 2>/dev/null || continue
            [ -n "$command" ] || continue
            cgroup=$(sed -n -e 's/^0:://p' -e 's/^[0-9]*:name=systemd://p' "/proc/$process/cgroup" 2>/dev/null | sort -r | head -n 1)
            printf 'process %s %s %s\n' "$process" "$(printf '%s' "${stat##*) }" | cut -d ' ' -f 20)" "$cgroup"
            printf 'command %s\n' "$command"
            case $cgroup in */*.service) units="$units ${cgroup##*/}" ;; esac
        done
        for manifest in "$manifests/$name".yaml "$manifests/$name".yml "$manifests/$name".json "$manifests/$name".manifest; do
            [ -f "$manifest" ] && printf 'manifest %s\n' "$manifest"
        done
        grep -lE "^[[:space:]]*component:[[:space:]]*\"?$name\"?[[:space:]]*\$" "$manifests"/[!.]* 2>/dev/null | sed 's/^/manifest /'
        if command -v crictl >/dev/null 2>&1; then
            printf 'container %s\n' "$(timeout 10 crictl ps -a --name "^$name\$" -o json 2>/dev/null | one_line)"
        fi
    done
    # shellcheck disable=SC2086 # The names are words of ours and of systemd.
    TZ=UTC systemctl show -p "$unit_facts" -- $units 2>/dev/null | sed 's/^/unit /'
done
