# Asks the member of this host and the other members, at the same endpoints at which the host would ask them alone. Changes nothing.
# $1 the endpoints of its own member, $2 those of the others, one on a line.
# Prints "endpoint NUMBER ANSWER" for each of the first, and "peer NUMBER CLUSTER-ID", or "peer NUMBER -", for the others.
set -u
number=0
while IFS= read -r line; do
  [ -n "$line" ] || continue
  printf 'endpoint %s %s\n' "$number" "$(ask_health "$line" </dev/null)"
  number=$((number + 1))
done <<LIST
$1
LIST
number=0
while IFS= read -r line; do
  [ -n "$line" ] || continue
  id=$(ask_cluster "$line")
  printf 'peer %s %s\n' "$number" "${id:--}"
  number=$((number + 1))
done <<LIST
$2
LIST
