#!/usr/bin/env bash
# One host of an Istio gateway is served through Drover, which is a Service in the mesh.
# Without a cluster: the same config answers on this machine, and what goes into the cluster is rendered.
# shellcheck source=../demo.sh
source "$(dirname "$0")/../demo.sh"
start "$@"
ask chat "Say hello." -H 'authorization: Bearer dk-search-example' | expect "the config routes" '^x-drover-target: deepseek'
"$drover" render istio "$here/drover.yaml" --host llm.example.com:443 --gateway public --service drover.llm.svc.cluster.local:9002 > "$work/rendered.yaml"
expect "the resources are rendered" 'kind: EnvoyFilter' < "$work/rendered.yaml"
if command -v kubectl > /dev/null && kubectl version > /dev/null 2>&1; then
  kubectl apply --dry-run=server -f "$work/rendered.yaml"
else
  echo "skipped: no cluster to ask whether it takes them"
fi
