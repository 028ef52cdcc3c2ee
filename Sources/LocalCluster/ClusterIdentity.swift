// The cluster's own certificate authority, server certificate and secrets.

import Crypto
import Foundation
import JSONTree
import Serving
import SwiftASN1
import X509

/// What makes a cluster the same one after a restart: its authority and its secrets. Never logged.
struct ClusterIdentity: Sendable {
    /// The authority's certificate, as PEM.
    var authorityPEM: String
    /// The authority's private key, as PEM.
    var authorityKeyPEM: String
    /// The administrator's bearer token.
    var adminToken: String
    /// Signs service account tokens.
    var tokenKey: [UInt8]

    /// A new authority and new secrets.
    static func make() throws -> ClusterIdentity {
        let key = P256.Signing.PrivateKey()
        let name = try DistinguishedName { CommonName("martlet-local-ca") }
        let now = Date()
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now - hourSeconds, notValidAfter: now + authorityYears * yearSeconds,
            issuer: name, subject: name,
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
                Critical(KeyUsage(digitalSignature: true, keyCertSign: true))
                SubjectKeyIdentifier(hash: Certificate.PublicKey(key.publicKey))
            },
            issuerPrivateKey: Certificate.PrivateKey(key))
        return ClusterIdentity(
            authorityPEM: try certificate.serializeAsPEM().pemString + "\n",
            authorityKeyPEM: key.pemRepresentation + "\n",
            adminToken: randomBytes(24).map { hex($0) }.joined(),
            tokenKey: randomBytes(32))
    }

    /// A certificate for the API server's names on this machine, signed by the authority.
    func serverIdentity() throws -> TLSIdentity {
        let authority = try Certificate(pemEncoded: authorityPEM)
        let authorityKey = try P256.Signing.PrivateKey(pemRepresentation: authorityKeyPEM)
        let key = P256.Signing.PrivateKey()
        let now = Date()
        let names: [GeneralName] = [
            .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
            .ipAddress(ASN1OctetString(contentBytes: [UInt8](repeating: 0, count: 15) + [1])),
            .dnsName("localhost"), .dnsName("kubernetes"), .dnsName("kubernetes.default"),
            .dnsName("kubernetes.default.svc"), .dnsName("kubernetes.default.svc.cluster.local"),
        ]
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(),
            publicKey: Certificate.PublicKey(key.publicKey),
            notValidBefore: now - Self.hourSeconds, notValidAfter: now + Self.yearSeconds,
            issuer: authority.subject,
            subject: try DistinguishedName { CommonName("kube-apiserver") },
            extensions: try Certificate.Extensions {
                Critical(BasicConstraints.notCertificateAuthority)
                Critical(KeyUsage(digitalSignature: true, keyEncipherment: true))
                try ExtendedKeyUsage([.serverAuth])
                SubjectAlternativeNames(names)
                AuthorityKeyIdentifier(
                    keyIdentifier: try authority.extensions.subjectKeyIdentifier?.keyIdentifier)
            },
            issuerPrivateKey: Certificate.PrivateKey(authorityKey))
        return TLSIdentity(
            certificateChainPEM: try certificate.serializeAsPEM().pemString + "\n",
            privateKeyPEM: key.pemRepresentation + "\n")
    }

    private static let hourSeconds: TimeInterval = 3600
    private static let yearSeconds: TimeInterval = 365 * 24 * 3600
    private static let authorityYears: TimeInterval = 10

    private static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func hex(_ byte: UInt8) -> String {
        let text = String(byte, radix: 16)
        return text.count == 1 ? "0\(text)" : text
    }
}

extension ClusterIdentity {
    /// The identity as the data directory keeps it.
    var json: JSON {
        .object([
            "authority": .string(authorityPEM), "authorityKey": .string(authorityKeyPEM),
            "adminToken": .string(adminToken),
            "tokenKey": .string(Data(tokenKey).base64EncodedString()),
        ])
    }

    /// Reads what `json` wrote; nil when anything is missing.
    init?(_ json: JSON) {
        guard let authority = json["authority"].string, let key = json["authorityKey"].string,
            let token = json["adminToken"].string, !token.isEmpty,
            let tokenKey = json["tokenKey"].string.flatMap({ Data(base64Encoded: $0) }), tokenKey.count >= 32
        else { return nil }
        self.init(authorityPEM: authority, authorityKeyPEM: key, adminToken: token, tokenKey: Array(tokenKey))
    }
}
