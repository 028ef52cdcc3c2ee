#!/usr/bin/env python3
"""Writes the CustomResourceDefinitions of this folder from kinds.types and pod-template.types.

Run it after a change of a .types file: python3 crds/generate.py
"""
import os
import sys

import yaml

HERE = os.path.dirname(os.path.abspath(__file__))

# Lists that server-side apply merges by key (the API's own markers on the pod's types).
LIST_KEYS = {
    ("PodSpec", "containers"): ["name"],
    ("PodSpec", "initContainers"): ["name"],
    ("PodSpec", "ephemeralContainers"): ["name"],
    ("PodSpec", "topologySpreadConstraints"): ["topologyKey", "whenUnsatisfiable"],
    ("PodSpec", "schedulingGates"): ["name"],
    ("Container", "ports"): ["containerPort", "protocol"],
    ("Container", "env"): ["name"],
    ("Container", "volumeMounts"): ["mountPath"],
    ("Container", "volumeDevices"): ["devicePath"],
}
LIST_KEYS.update({("EphemeralContainer", f): k for (t, f), k in LIST_KEYS.items() if t == "Container"})
# Defaults inside the pod template: they are part of what the template's hash is taken of.
DEFAULTS = {
    ("ContainerPort", "protocol"): "TCP",
    ("GRPCAction", "service"): "",
    ("FileKeySelector", "optional"): False,
    ("ConfigMapEnvSource", "name"): "",
    ("SecretEnvSource", "name"): "",
    ("ConfigMapKeySelector", "name"): "",
    ("SecretKeySelector", "name"): "",
    ("LocalObjectReference", "name"): "",
}
# What these types do not know is kept, so that the controller can say in the status that it is
# unknown: an API server that drops it leaves a Rollout whose traffic nobody splits.
OPEN = {
    "TrafficRouting", "IstioRouting", "NginxRouting", "ALBRouting", "SMIRouting", "AmbassadorRouting",
    "AppMeshRouting", "TraefikRouting", "ApisixRouting", "GatewayRouting",
    # What a service is handed as it is written may have members that only it knows.
    "CloudWatchQuery", "CloudWatchStat", "CloudWatchName", "KayentaScopeDetail",
}
SCALARS = {
    "string": {"type": "string"},
    "bool": {"type": "boolean"},
    "int32": {"type": "integer", "format": "int32"},
    "int64": {"type": "integer", "format": "int64"},
    "time": {"type": "string", "format": "date-time"},
    "intOrString": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
    "quantity": {"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
    # The peer's own CRD leaves quantities unchecked, so that a bad one reaches the status.
    "quantities": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "map": {"type": "object", "additionalProperties": {"type": "string"}},
    "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    "empty": {"type": "object"},
    "ObjectMeta": {"type": "object", "x-kubernetes-preserve-unknown-fields": True,
                   "properties": {"labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                  "annotations": {"type": "object", "additionalProperties": {"type": "string"}}}},
    "Volume": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
}


def read(name):
    types = {}
    with open(os.path.join(HERE, name)) as lines:
        for line in lines:
            words = line.split("#")[0].split()
            if words:
                types[words[0]] = [w.split(":", 1) for w in words[1:]]
    return types


TYPES = {**read("pod-template.types"), **read("kinds.types")}


def schema(type_name):
    """The structural schema of a type, expanded."""
    if type_name.startswith("[]"):
        return {"type": "array", "items": schema(type_name[2:])}
    if type_name.startswith("map("):
        return {"type": "object", "additionalProperties": schema(type_name[4:-1])}
    if type_name in SCALARS:
        return dict(SCALARS[type_name])
    properties, required = {}, []
    for field, kind in TYPES[type_name]:
        if kind.endswith("!"):
            kind = kind[:-1]
            required.append(field)
        properties[field] = schema(kind)
        if (type_name, field) in LIST_KEYS:
            properties[field]["x-kubernetes-list-type"] = "map"
            properties[field]["x-kubernetes-list-map-keys"] = LIST_KEYS[type_name, field]
        if (type_name, field) in DEFAULTS:
            properties[field]["default"] = DEFAULTS[type_name, field]
            required = [f for f in required if f != field]
        if type_name == "RolloutSpec" and field == "selector":
            properties[field]["x-kubernetes-validations"] = [
                {"rule": "self == oldSelf", "message": "selector is immutable"}]
    result = {"type": "object", "properties": properties}
    if required:
        result["required"] = required
    if type_name in OPEN:
        result["x-kubernetes-preserve-unknown-fields"] = True
    if type_name in ("LabelSelector", "NodeSelector"):
        result["x-kubernetes-map-type"] = "atomic"
    return result


def column(name, path, kind="string", priority=0, **more):
    entry = {"name": name, "type": kind, "jsonPath": path, **more}
    if priority:
        entry["priority"] = priority
    return entry


AGE = column("Age", ".metadata.creationTimestamp", "date")
COUNTS = [
    column("Desired", ".spec.replicas", "integer", description="Number of desired pods"),
    column("Current", ".status.replicas", "integer", description="Total number of pods of this rollout"),
    column("Up-to-date", ".status.updatedReplicas", "integer", description="Pods that have the desired template"),
    column("Available", ".status.availableReplicas", "integer", description="Available pods of this rollout"),
    AGE,
]
RUN = [column("Status", ".status.phase", description="Phase"), AGE]
KINDS = [
    ("Rollout", "rollouts", ["ro"], "Namespaced", {"status": {}, "scale": {
        "specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.HPAReplicas",
        "labelSelectorPath": ".status.selector"}}, COUNTS),
    ("AnalysisTemplate", "analysistemplates", ["at"], "Namespaced", {}, [AGE]),
    ("ClusterAnalysisTemplate", "clusteranalysistemplates", ["cat"], "Cluster", {}, [AGE]),
    ("AnalysisRun", "analysisruns", ["ar"], "Namespaced", {}, RUN),
    ("Experiment", "experiments", ["exp"], "Namespaced", {}, RUN),
    ("Application", "applications", ["app", "apps"], "Namespaced", {}, [
        column("Sync Status", ".status.sync.status"), column("Health Status", ".status.health.status"),
        column("Revision", ".status.sync.revision", priority=10), column("Project", ".spec.project", priority=10)]),
    ("AppProject", "appprojects", ["appproj", "appprojs"], "Namespaced", {}, []),
    ("ApplicationSet", "applicationsets", ["appset", "appsets"], "Namespaced", {"status": {}}, []),
    ("TrafficWish", "trafficwishes", ["tw"], "Namespaced", {"status": {}}, [
        column("Plugin", ".spec.plugin"), column("Wished", ".spec.canary.weight", "integer"),
        column("Held", ".status.canaryWeight", "integer"), AGE]),
    ("StepWish", "stepwishes", ["sw"], "Namespaced", {"status": {}}, [
        column("Plugin", ".spec.plugin"), column("Operation", ".spec.operation"),
        column("Phase", ".status.phase"), AGE]),
]
# Kinds that are not Argo's.
GROUPS = {"TrafficWish": "martlet.dev", "StepWish": "martlet.dev"}


def definition(kind, plural, short, scope, subresources, columns):
    root = schema("AnalysisTemplate" if kind == "ClusterAnalysisTemplate" else kind)
    root["properties"] = {"apiVersion": {"type": "string"}, "kind": {"type": "string"},
                          "metadata": {"type": "object"}, **root["properties"]}
    if kind == "Rollout":
        root["required"] = ["spec"]
    group = GROUPS.get(kind, "argoproj.io")
    version = {"name": "v1alpha1", "served": True, "storage": True, "schema": {"openAPIV3Schema": root}}
    if subresources:
        version["subresources"] = subresources
    if columns:
        version["additionalPrinterColumns"] = columns
    return {
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": plural + "." + group},
        "spec": {"group": group, "scope": scope,
                 "names": {"kind": kind, "listKind": kind + "List", "plural": plural,
                           "singular": kind.lower(), "shortNames": short},
                 "versions": [version]},
    }


class Plain(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def field_table():
    """The same types for the plugin's `lint`, which has no cluster to ask."""
    used, open_types = {}, [kind for kind, *_ in KINDS[:5] if kind in TYPES]
    while open_types:
        name = open_types.pop()
        if name in SCALARS or name in used:
            continue
        used[name] = TYPES[name]
        open_types += [kind.rstrip("!").replace("[]", "").replace("map(", "").rstrip(")") for _, kind in TYPES[name]]
    lines = []
    for name in sorted(used):
        words = [name] + ["%s:%s" % (field, kind) for field, kind in used[name]]
        line = " " * 8 + words[0]
        for word in words[1:]:
            if len(line) + 1 + len(word) > 98:
                lines.append(line)
                line = " " * 10 + word
            else:
                line += " " + word
        lines.append(line)
    return '''// The fields of our kinds, for `lint`: made by crds/generate.py; change that, not this.

/// A type a line, as in crds/kinds.types; lines further to the right go on with it.
enum FieldTable {
    static let text = """
%s
        """
}
''' % "\n".join(lines)


def main():
    lint = os.path.join(HERE, os.pardir, "Sources", "Commands", "Lint", "FieldTable.swift")
    with open(lint, "w") as out:
        out.write(field_table())
    for kind, plural, *rest in KINDS:
        text = yaml.dump(definition(kind, plural, *rest), Dumper=Plain, sort_keys=False, width=120)
        with open(os.path.join(HERE, plural + ".yaml"), "w") as out:
            out.write("# %s: made by generate.py of kinds.types; change that, not this.\n" % kind + text)


if __name__ == "__main__":
    sys.exit(main())
