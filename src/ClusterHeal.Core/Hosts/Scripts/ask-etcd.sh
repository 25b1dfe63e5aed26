# Asks etcd. This comes before the scripts that ask, so that a restore asks in the same way as the host does later, when nobody comes back.
# An endpoint is one line: URL, CA, certificate and key, separated by tabs; what is not needed is empty.
tab=$(printf '\t')

# Prints the field $2 of the line $1.
field() {
  lib_rest=$1 lib_field=$2
  while [ "$lib_field" -gt 1 ]; do
    case $lib_rest in *"$tab"*) lib_rest=${lib_rest#*"$tab"} ;; *) lib_rest='' ;; esac
    lib_field=$((lib_field - 1))
  done
  printf '%s\n' "${lib_rest%%"$tab"*}"
}

# Calls curl at the endpoint $1 for the path $2; further arguments are curl's. No proxy and no .curlrc is used.
# HTTP/1.1, because a member cuts off its answer to a peer over HTTP/2.
call() {
  endpoint=$1 path=$2
  shift 2
  [ -z "$(field "$endpoint" 2)" ] || set -- "$@" --cacert "$(field "$endpoint" 2)"
  [ -z "$(field "$endpoint" 3)" ] || set -- "$@" --cert "$(field "$endpoint" 3)" --key "$(field "$endpoint" 4)"
  curl -q -sS --http1.1 --noproxy '*' "$@" -- "$(field "$endpoint" 1)$path" 2>&1
}

# Asks a member for its health at the endpoint $1. It is healthy only if a linearizable read works: with a leader and a quorum. A full database does
# not make it unhealthy. Prints the answer, "healthy" or "unhealthy"; "refused" if nothing took the connection; "silent" if nobody answered in time;
# "unasked WHY" if it could not be asked.
ask_health() {
  command -v curl >/dev/null 2>&1 || { echo "unasked there is no curl on this host"; return; }
  for file in "$(field "$1" 2)" "$(field "$1" 3)" "$(field "$1" 4)"; do
    [ -z "$file" ] || [ -r "$file" ] || { echo "unasked '$file' cannot be read on this host"; return; }
  done
  answer=$(call "$1" '/health?exclude=NOSPACE' -m 6)
  code=$?
  if [ $code -eq 0 ] && printf '%s' "$answer" | grep -q '"health" *: *"true"'; then echo healthy
  elif [ $code -eq 0 ] && printf '%s' "$answer" | grep -q '"health" *: *"false"'; then echo unhealthy
  elif [ $code -eq 7 ]; then echo refused
  elif [ $code -eq 28 ]; then echo silent
  else printf 'unasked %s\n' "$(printf '%s' "$answer" | tr '\n\t' '  ' | cut -c 1-200)"
  fi
}

# The best answer about one member from the endpoints in the list $1: an answer counts most, then that it could not be asked.
best_health() {
  best=refused
  while IFS= read -r line; do
    [ -n "$line" ] || continue
    said=$(ask_health "$line" </dev/null)
    case $said in
      healthy) echo healthy; return ;;
      unhealthy) best=unhealthy ;;
      silent) [ "$best" = unhealthy ] || best=silent ;;
      unasked*) case $best in unhealthy|silent) ;; *) best=$said ;; esac ;;
    esac
  done <<LIST
$1
LIST
  printf '%s\n' "$best"
}

# The ID of the cluster of the member at the endpoint $1, a peer URL; nothing if it does not answer. A member answers this from its start on, with
# or without a quorum.
ask_cluster() {
  call "$1" /members -m 4 -o /dev/null -D - </dev/null | sed -n 's/^[Xx]-[Ee][Tt][Cc][Dd]-[Cc]luster-[Ii][Dd]: *\([0-9a-f]*\).*/\1/p'
}
