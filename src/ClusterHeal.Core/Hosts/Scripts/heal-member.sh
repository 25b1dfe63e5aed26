# How a host brings its member back alone: it starts the data that are in place, watches the member, and swaps the data only on proof. Comes between
# ask-etcd.sh and member.sh, whose functions and plan it uses. docs/design/0005-a-cluster-restore-converges.md

# If nothing helps, a member ends on the old data after so many swaps.
most_swaps=6

etcd_processes() {
  case $(field "$etcd" 1) in
    unit) unit_processes "$(field "$etcd" 2)" ;;
    manifest) pod_processes "$(field "$etcd" 3)" ;;
  esac | sort -u | tr '\n' ' '
}

has_failed() { [ "$(field "$etcd" 1)" = unit ] && unit_has_failed "$(field "$etcd" 2)"; }

# Watches the member for a round. Prints "ready", or how it was at the end: "ended" (its process ended, or one after the other does), "leaderless"
# (it says that it has no quorum, or it serves its peers and lets clients wait), "absent" (no process of it came); or "unknown WHY", which proves
# nothing.
watch_member() {
  end=$(($(seconds) + round)) ends=0 was='' seen=''
  while :; do
    answer=$(best_health "$health")
    [ "$answer" != healthy ] || { echo ready; return; }
    now=$(etcd_processes)
    [ -z "$was" ] || [ "$now" = "$was" ] || ends=$((ends + 1))
    [ -z "$now" ] || seen=yes
    was=$now
    [ "$(seconds)" -lt "$end" ] || break
    sleep 1
  done
  case $answer in
    unhealthy) echo leaderless ;;
    silent) if [ -n "$(ask_cluster "$self")" ]; then echo leaderless; else echo "unknown: it answers nobody"; fi ;;
    *)
      if [ $ends -ge 2 ] || { [ -z "$now" ] && { [ -n "$seen" ] || has_failed; }; }; then echo ended
      elif [ -z "$now" ]; then echo absent
      elif [ "$answer" = refused ]; then echo "unknown: it runs and does not listen yet"
      else echo "unknown: ${answer#unasked }"
      fi ;;
  esac
}

# How many of the other members belong to the new cluster now.
others_on_new() {
  count=0
  while IFS= read -r line; do
    [ -z "$line" ] || [ "$(ask_cluster "$line")" != "$cluster" ] || count=$((count + 1))
  done <<LIST
$others
LIST
  echo $count
}

swaps() { if [ -f "$here/swaps" ]; then wc -c < "$here/swaps"; else echo 0; fi; }

swap_to() {
  say "change to the $1 data"
  stop_etcd && printf . >> "$here/swaps" && put "$1"
}

# Prints the data to swap to, "old" or "new", if any: $1 how the member was, $2 in how many rounds on its present data. The new data are right if a
# quorum of members runs on them, otherwise the old ones are, for all hosts alike. A question that could not be asked proves nothing.
other_side() {
  on_new=$(others_on_new)
  if [ "$on_new" -ge "$quorum" ]; then
    # They serve without this member, so it belongs to them, if it can.
    case $(side):$1 in
      old:ended|old:leaderless|old:absent) [ "$(swaps)" -ge $most_swaps ] || echo new ;;
    esac
    return
  fi
  case $(side):$1 in
    new:ended) echo old ;;
    # With this member they are a quorum, and may need one more round.
    new:leaderless) [ $((on_new + 1)) -lt "$quorum" ] || [ "$2" -ge 3 ] && echo old ;;
    new:absent) [ "$2" -lt 3 ] || echo old ;;
  esac
}

heal() {
  say "nobody came back: healing from the side $(side)"
  [ "$(side)" != between ] || { stop_etcd && put old; }
  rounds=0 here_for=0
  while :; do
    [ "$(best_health "$health")" = healthy ] || start_etcd
    found=$(watch_member)
    [ "$found" != ready ] || break
    rounds=$((rounds + 1)) here_for=$((here_for + 1))
    say "after $round seconds on the side $(side) etcd is not ready: $found"
    [ $rounds -lt 6 ] || break
    to=$(other_side "$found" $here_for)
    [ -z "$to" ] || { swap_to "$to" && here_for=0; }
  done
  each start_component "$control"
  [ "$found" = ready ] || { say "etcd is not ready on the side $(side): $found"; return 1; }
  say "healed on the side $(side)"
}
