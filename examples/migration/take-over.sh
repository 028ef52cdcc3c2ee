#!/usr/bin/env bash
# Lets Martlet go on with the rollouts of another Argo Rollouts controller, and back, in mid-rollout.
#
#   take-over.sh over     the other controller stops, Martlet starts
#   take-over.sh back     Martlet stops, the other controller starts again
#
# Never two at a time. What must not happen is looked for: a pod or a ReplicaSet replaced, a container
# restarted. PEER (namespace/deployment) names the other controller, OURS Martlet's Deployment.
# SETTLE: seconds that the new controller is watched for.
set -euo pipefail
PEER=${PEER:-argo-rollouts/argo-rollouts}
OURS=${OURS:-martlet-system/martlet}
SETTLE=${SETTLE:-15}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Pods with their restarts, and ReplicaSets with their wish, of all Rollouts: a line each, by uid.
look() {
  kubectl get pods,replicasets --all-namespaces -l rollouts-pod-template-hash --no-headers -o custom-columns='UID:.metadata.uid,KIND:.kind,NAMESPACE:.metadata.namespace,NAME:.metadata.name,RESTARTS:.status.containerStatuses[*].restartCount' | tr -s ' ' | sort
}
phases() {
  kubectl get rollouts.argoproj.io --all-namespaces -o custom-columns='NAMESPACE:.metadata.namespace,NAME:.metadata.name,PHASE:.status.phase,STEP:.status.currentStepIndex,WEIGHT:.status.canary.weights.canary.weight'
}
stop() {
  kubectl scale deployment "${1#*/}" -n "${1%/*}" --replicas=0
  kubectl wait deployment "${1#*/}" -n "${1%/*}" --for=jsonpath='{.spec.replicas}'=0 --timeout=60s
  # The last pod is gone before the next controller comes.
  while [ "$(kubectl get deployment "${1#*/}" -n "${1%/*}" -o jsonpath='{.status.replicas}')" ] ; do sleep 1; done
}
start() {
  kubectl scale deployment "${1#*/}" -n "${1%/*}" --replicas="$2"
  kubectl rollout status "deployment/${1#*/}" -n "${1%/*}" --timeout=180s
}

case "${1:-}" in
over) from=$PEER to=$OURS ;;
back) from=$OURS to=$PEER ;;
*) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 64 ;;
esac

kubectl get deployment "${from#*/}" -n "${from%/*}" >/dev/null
replicas=$(kubectl get deployment "${to#*/}" -n "${to%/*}" -o jsonpath='{.metadata.annotations.martlet\.dev/replicas-before}' 2>/dev/null || true)
phases; look >"$work/before"
kubectl annotate deployment "${from#*/}" -n "${from%/*}" --overwrite \
  "martlet.dev/replicas-before=$(kubectl get deployment "${from#*/}" -n "${from%/*}" -o jsonpath='{.spec.replicas}')"
stop "$from"
if [ "$1" = over ]; then
  # Definitions that are there already serve as they are; only what is missing is made.
  kubectl create -f "$here/../../crds" 2>&1 | grep -v AlreadyExists || true
  kubectl apply -k "$here/../install"
fi
start "$to" "${replicas:-1}"
sleep "$SETTLE"
phases; look >"$work/after"
# Pods may have been added or, where a step was due, taken away; what was there and still is must be the same.
if gone=$(comm -23 "$work/before" "$work/after") && [ -n "$gone" ]; then
  printf 'these are gone or were restarted; look whether a step was due:\n%s\n' "$gone"
  exit 1
fi
echo "taken over: no pod and no ReplicaSet was replaced, nothing was restarted"
