// Applies files of objects from within the process, as an administrator would.

import ClusterSim
import Foundation
import HTTPModel
import JSONTree
import KubeModel
import YAMLTree

extension ClusterServer {
    /// Applies a YAML or JSON file, or those of a directory in the order of their names, by
    /// server-side apply. Namespaces and CustomResourceDefinitions go first.
    /// - Throws: `badManifest` with the file and the object that was refused.
    package func apply(_ path: String) async throws(ClusterFailure) {
        var objects: [(file: String, object: KubeObject)] = []
        for file in try Self.files(path) { objects += try Self.read(file).map { (file, $0) } }
        let isFirst: (KubeObject) -> Bool = {
            ["Namespace", "CustomResourceDefinition"].contains($0.kindName)
        }
        let ordered = objects.filter { isFirst($0.object) } + objects.filter { !isFirst($0.object) }
        for (file, object) in ordered { try await apply(object, file: file) }
    }

    private static func files(_ path: String) throws(ClusterFailure) -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .badManifest(path: path, reason: "there is no such file")
        }
        guard isFolder.boolValue else { return [path] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let suffixes = [".yaml", ".yml", ".json"]
        return names.filter { name in suffixes.contains { name.hasSuffix($0) } }.sorted().map {
            "\(path)/\($0)"
        }
    }

    private static func read(_ file: String) throws(ClusterFailure) -> [KubeObject] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw .badManifest(path: file, reason: "it cannot be read")
        }
        let trees: [JSON]
        do {
            trees = try YAML.parse(String(decoding: data, as: UTF8.self), file: file).map(\.tree)
        } catch {
            throw .badManifest(path: file, reason: "\(error)")
        }
        let objects = trees.flatMap { $0["kind"].string == "List" ? $0["items"].elements : [$0] }
        return objects.filter { !$0.isNull }.map { KubeObject($0) }
    }

    private func apply(_ object: KubeObject, file: String) async throws(ClusterFailure) {
        let what = "\(object.kindName) \(object.name)"
        guard let path = await collection(of: object), !object.name.isEmpty else {
            throw .badManifest(path: file, reason: "\(what): unknown kind \(object.apiVersion), or no name")
        }
        let response = await request(
            "PATCH", "\(path)/\(HTTPQuery.encoded(object.name))?fieldManager=martlet-up&force=true",
            body: object.tree, contentType: "application/apply-patch+yaml")
        if response.status >= 300 {
            let text = String(decoding: response.body, as: UTF8.self)
            let status = APIStatus(code: response.status, body: try? JSON.parse(text), text: text)
            throw .badManifest(path: file, reason: "\(what): \(status.message)")
        }
    }

    /// The path of an object's collection, by discovery; a CRD's resources may take a moment.
    private func collection(of object: KubeObject) async -> String? {
        let version = object.apiVersion
        let root = version.contains("/") ? "/apis/\(version)" : "/api/\(version)"
        for attempt in 0..<40 {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(50)) }
            let list = await request("GET", root)
            guard let tree = try? JSON.parse(list.body) else { continue }
            for resource in tree["resources"].elements where resource["kind"].string == object.kindName {
                guard let name = resource["name"].string, !name.contains("/") else { continue }
                guard resource["namespaced"].bool == true else { return "\(root)/\(name)" }
                let namespace = object.namespace.isEmpty ? "default" : object.namespace
                return "\(root)/namespaces/\(namespace)/\(name)"
            }
        }
        return nil
    }

    /// A kubeconfig with a token of a ServiceAccount; the account and its namespace are made where
    /// they are missing, so that RBAC can be applied later.
    package func serviceAccountKubeconfig(namespace: String, name: String) async throws(ClusterFailure)
        -> Kubeconfig
    {
        _ = await request(
            "POST", "/api/v1/namespaces",
            body: ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(namespace)]])
        let accounts = "/api/v1/namespaces/\(namespace)/serviceaccounts"
        _ = await request(
            "POST", accounts,
            body: ["apiVersion": "v1", "kind": "ServiceAccount", "metadata": ["name": .string(name)]])
        let response = await request(
            "POST", "\(accounts)/\(name)/token",
            body: [
                "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest",
                "spec": ["expirationSeconds": .int(Self.tokenSeconds)],
            ])
        guard let token = (try? JSON.parse(response.body))?["status"]["token"].string else {
            throw .internalFailure(
                "no token for the ServiceAccount \(namespace)/\(name): status \(response.status)")
        }
        var kubeconfig = adminKubeconfig
        kubeconfig.user = "system:serviceaccount:\(namespace):\(name)"
        kubeconfig.token = token
        kubeconfig.namespace = namespace
        return kubeconfig
    }

    /// A year: the file is written once.
    private static let tokenSeconds: Int64 = 365 * 24 * 3600

    private func request(
        _ method: String, _ path: String, body: JSON? = nil, contentType: String = "application/json"
    ) async -> HTTPResponse {
        let request = HTTPRequest(
            method: method, target: path,
            headers: ["Accept": "application/json", "Content-Type": contentType, "User-Agent": "martlet-up"],
            body: body?.bytes() ?? [])
        guard case .response(let response) = await cluster.answer(request, as: .admin) else {
            return HTTPResponse(status: 500)
        }
        return response
    }
}
