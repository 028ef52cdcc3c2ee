"""The objects that end-to-end tests apply."""


def service(name, app):
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"selector": {"app": app}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}}


def virtual_service(name):
    return {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": {"name": name}, "spec": {
        "hosts": [name + ".test"], "http": [{"name": "primary", "route": [
            {"destination": {"host": name + "-stable"}, "weight": 100},
            {"destination": {"host": name + "-canary"}, "weight": 0}]}]}}


def rollout(name, image="shop/web:1", steps=None, replicas=2, analysis=None, routed=True):
    """A routed canary rollout; `steps` as in its spec."""
    canary = {"steps": steps if steps is not None else [{"setWeight": 20}, {"pause": {"duration": 1}}, {"setWeight": 60}]}
    if routed:
        canary.update({
            "stableService": name + "-stable", "canaryService": name + "-canary", "scaleDownDelaySeconds": 1,
            "abortScaleDownDelaySeconds": 1,
            "trafficRouting": {"istio": {"virtualService": {"name": name, "routes": ["primary"]}}}})
    if analysis:
        canary["analysis"] = analysis
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout", "metadata": {"name": name}, "spec": {
        "replicas": replicas, "selector": {"matchLabels": {"app": name}}, "strategy": {"canary": canary},
        "template": {"metadata": {"labels": {"app": name}}, "spec": {
            "terminationGracePeriodSeconds": 0, "containers": [{"name": "main", "image": image}]}}}}


def app(name, **more):
    """Everything that a routed rollout needs."""
    return [service(name + "-stable", name), service(name + "-canary", name), virtual_service(name), rollout(name, **more)]


def template(name, url, query="up", condition="result[0] >= 0.95", count=2, **metric):
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "AnalysisTemplate", "metadata": {"name": name}, "spec": {"metrics": [{
        "name": "success-rate", "interval": "1s", "count": count, "successCondition": condition, **metric,
        "provider": {"prometheus": {"address": url, "query": query}}}]}}


def application(name, repository, namespace, path="."):
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Application",
            "metadata": {"name": name, "namespace": "martlet-system"}, "spec": {
                "project": "default", "source": {"repoURL": repository, "path": path, "targetRevision": "main"},
                "destination": {"server": "https://kubernetes.default.svc", "namespace": namespace},
                "syncPolicy": {"automated": {"prune": True, "selfHeal": True}, "syncOptions": ["CreateNamespace=true"]}}}
