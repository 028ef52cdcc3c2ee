// The scale subresource: how many replicas of something there should be and are.

import HTTPModel
import JSONTree
import KubeModel

extension ClusterMachine {
    /// GET, PUT and PATCH of `NAME/scale`.
    mutating func scale(_ call: APICall) throws(StatusError) -> APIAnswer {
        guard let current = store.object(StorageID(call.definition), call.key)?.object else {
            throw .notFound(call.definition, call.info.name)
        }
        let shape = ScaleShape(call.definition)
        if call.info.verb == "get" {
            return .response(
                call.format.response(200, try shape.scale(of: call.definition.presented(current))))
        }
        let isPatch = call.info.verb == "patch"
        let type = RequestBody.contentType(call.request)
        let isApply = isPatch && type.hasPrefix("application/apply-patch")
        let options = try WriteOptions(
            isPatch ? "PatchOptions" : "UpdateOptions", call.query, call.request.headers, isApply: isApply)
        let outcome = try update(
            call.definition, call.key, subresource: "scale", options, user: call.user
        ) { _, object throws(StatusError) in
            let scale = try shape.scale(of: object)
            let new = isPatch ? try Self.patchedScale(scale, call, type) : try Self.replacedScale(call)
            try shape.check(new, object, call.definition)
            return shape.applying(new, to: object)
        }
        return .response(
            call.format.response(
                200, try shape.scale(of: call.definition.presented(outcome.object), withManagers: true)))
    }

    private static func replacedScale(_ call: APICall) throws(StatusError) -> JSON {
        let tree = try RequestBody.tree(call.request, kind: "Scale")
        let kind = KubeObject(tree).kind
        if !kind.kind.isEmpty, kind.kind != "Scale" {
            throw .badRequest(
                "\(kind.kind) in version \"\(kind.version)\" cannot be handled as a Scale: converting "
                    + "(\(kind.version).\(kind.kind)) to (autoscaling.Scale): unknown conversion")
        }
        return tree
    }

    private static func patchedScale(_ scale: JSON, _ call: APICall, _ type: String) throws(StatusError)
        -> JSON
    {
        let body: JSON
        do throws(RequestBody.BodyError) {
            body = try RequestBody.parse(call.request.body, type.hasSuffix("yaml") ? .yaml : .json)
        } catch {
            throw .badRequest("error decoding patch: \(error.message)")
        }
        switch type {
        case "application/json-patch+json":
            do throws(JSONPatchError) {
                return try JSONPatch(document: body).apply(to: scale)
            } catch {
                throw StatusError(
                    422, "Invalid", "the server rejected our request due to an error in our request",
                    hasDetails: true)
            }
        default: return MergePatch.apply(body, to: scale)
        }
    }
}

/// Where a kind keeps its replicas.
struct ScaleShape: Sendable {
    private var replicas = ["spec", "replicas"]
    private var status = ["status", "replicas"]
    /// Custom resources keep the selector as text at a path; nil for built-in kinds.
    private var selector: [String]?
    private var isCustom: Bool

    init(_ definition: ResourceDefinition) {
        isCustom = definition.isCustom
        guard isCustom else { return }
        func path(_ key: String) -> [String]? {
            definition.scalePaths[key].string?.split(separator: ".").map(String.init)
        }
        replicas = path("specReplicasPath") ?? replicas
        status = path("statusReplicasPath") ?? status
        selector = path("labelSelectorPath")
    }

    /// The `Scale` of an object.
    ///
    /// - Throws: 500 for a custom resource that has no number at the path.
    func scale(of object: KubeObject, withManagers: Bool = false) throws(StatusError) -> JSON {
        let wanted = object.tree.at(replicas)
        if isCustom, wanted.int == nil {
            throw .plain("the spec replicas field \".\(replicas.joined(separator: "."))\" does not exist")
        }
        var metadata: JSON = ["name": .string(object.name)]
        for field in ["namespace", "uid", "resourceVersion", "creationTimestamp"] {
            if !object.metadata[field].isNull { metadata[field] = object.metadata[field] }
        }
        if withManagers {
            let managers = scaleManagers(object)
            if !managers.isEmpty { metadata["managedFields"] = .array(managers) }
        }
        var spec: JSON = [:]
        if let count = wanted.int, count != 0 { spec["replicas"] = .int(count) }
        var status: JSON = ["replicas": .int(object.tree.at(self.status).int ?? 0)]
        if let text = selectorText(object), !text.isEmpty { status["selector"] = .string(text) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata, "spec": spec,
            "status": status,
        ]
    }

    /// Who owns the replicas, as managers of the `Scale` (apimachinery, `managedfields.ScaleHandler`):
    /// answers to writes have them, reads do not.
    private func scaleManagers(_ object: KubeObject) -> [JSON] {
        object.metadata["managedFields"].elements.compactMap { entry in
            guard !entry["fieldsV1"].at(replicas.map { "f:\($0)" }).isNull else { return nil }
            var entry = entry
            entry["apiVersion"] = "autoscaling/v1"
            entry["fieldsV1"] = ["f:spec": ["f:replicas": [:]]]
            entry.set(["subresource"], to: nil)
            return entry
        }
    }

    private func selectorText(_ object: KubeObject) -> String? {
        if isCustom { return selector.flatMap { object.tree.at($0).string } }
        let tree = object.spec["selector"]
        if object.kindName == "ReplicationController" {
            return LabelSelector(matchLabels: KubeObject.strings(tree)).text
        }
        return LabelSelector(tree)?.text
    }

    /// Checks a changed `Scale` against the object it is of.
    func check(_ scale: JSON, _ object: KubeObject, _ definition: ResourceDefinition) throws(StatusError) {
        let name = scale["metadata"]["name"].string ?? ""
        if !name.isEmpty, name != object.name {
            throw .badRequest(
                "the name of the object (\(name)) does not match the name on the URL (\(object.name))")
        }
        let uid = scale["metadata"]["uid"].string ?? ""
        if !uid.isEmpty, uid != object.uid {
            throw .conflict(
                definition, object.name,
                "Precondition failed: UID in precondition: \(uid), UID in object meta: \(object.uid)")
        }
        let version = scale["metadata"]["resourceVersion"].string ?? ""
        if !version.isEmpty, version != "0", version != object.resourceVersion {
            throw .conflict(definition, object.name, StatusError.modified)
        }
        let wanted = scale["spec"]["replicas"]
        if !wanted.isNull, wanted.int == nil {
            throw .badRequest(
                "Scale in version \"v1\" cannot be handled as a Scale: json: cannot unmarshal "
                    + "\(GoJSON.typeName(wanted)) into Go struct field ScaleSpec.spec.replicas of type int32")
        }
        if let count = wanted.int, count < 0 {
            throw .invalid(
                GroupKind("autoscaling", "Scale"), object.name,
                [.invalid("spec.replicas", wanted, "must be greater than or equal to 0")])
        }
    }

    /// The object with the replicas of a `Scale`.
    func applying(_ scale: JSON, to object: KubeObject) -> JSON {
        var tree = object.tree
        tree.set(replicas, to: .int(scale["spec"]["replicas"].int ?? 0))
        return tree
    }
}
