// Hashes against those that Argo Rollouts computed.

import JSONTree
import MartletModel
import Testing

@testable import RolloutCore

@Suite struct PodTemplateHashTests {
    /// Recorded templates; empty where the recordings are absent.
    static let cases: [JSON] = Conformance.json("pod-template-hashes.json")["templates"].elements

    @Test(.enabled(if: !cases.isEmpty, "recorded data is absent"), arguments: cases.indices)
    func `a template's hash is the one others compute`(index: Int) {
        let row = Self.cases[index]
        let bytes = PodTemplateHash.encoded(row["template"])
        #expect(String(decoding: bytes, as: UTF8.self) == row["json"].string, "\(row["id"])")
        for (count, hash) in row["hash"].object ?? [:] {
            #expect(PodTemplateHash.hash(row["template"], collisionCount: Int32(count)) == hash.string)
        }
    }

    @Test(.enabled(if: !cases.isEmpty, "recorded data is absent"), arguments: cases.indices)
    func `defaults are the API server's`(index: Int) {
        let row = Self.cases[index]
        let bytes = PodTemplateHash.encoded(PodTemplateDefaults.applied(to: row["template"]))
        let same = row["defaulted"]["same"].bool ?? false
        let expected = same ? row["json"].string : row["defaulted"]["json"].string
        #expect(String(decoding: bytes, as: UTF8.self) == expected, "\(row["id"])")
    }

    @Test(arguments: [
        ("null", "5ffbfbbd64"), (#"[{"setWeight":20},{"pause":{}}]"#, "54649b9f5c"),
        (#"[{"setWeight":10},{"pause":{"duration":"1m"}},{"setWeight":50}]"#, "7fd568bfdc"),
    ])
    func `a step list's hash is the one others compute`(steps: String, hash: String) throws {
        #expect(PodTemplateHash.hash(steps: try JSON.parse(steps)) == hash)
    }

    @Test func `a digest ignores defaults, the hash label and injected metadata`() throws {
        let written = try JSON.parse(
            #"{"metadata":{"labels":{"app":"a"}},"spec":{"containers":[{"name":"c","image":"i:1"}]}}"#)
        var stored = PodTemplateDefaults.applied(to: written)
        stored.set(["metadata", "labels", RolloutLabels.podTemplateHash], to: "abc")
        stored.set(["metadata", "labels", "role"], to: "canary")
        stored.set(["spec", "serviceAccount"], to: "x")
        let injected: JSON = ["labels": ["role": "canary"]]
        #expect(PodTemplateHash.digest(of: stored, injected: injected) == PodTemplateHash.digest(of: written))
        #expect(PodTemplateHash.digest(of: stored) != PodTemplateHash.digest(of: written))
    }
}
