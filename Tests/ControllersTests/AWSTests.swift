// Signing requests to AWS, and asking a stub of it about a load balancer.

import ControllerKit
import Controllers
import HTTPModel
import KubeModel
import Synchronization
import Testing
import TrafficRouting
import Transport

/// Answers from a script and remembers what was asked.
private final class StubAWS: HTTPExchange {
    private let answers: [String: String]
    private let seen = Mutex<[HTTPRequest]>([])
    init(_ answers: [String: String]) { self.answers = answers }
    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPResponse {
        seen.withLock { $0.append(request) }
        let body = String(decoding: request.body, as: UTF8.self)
        let answer = answers.first { body.contains("Action=\($0.key)&") }?.value ?? ""
        return HTTPResponse(status: 200, body: Array(answer.utf8))
    }
    func stream(_ request: HTTPRequest, options: TransferOptions) async throws(TransportError) -> HTTPStream {
        throw .cancelled
    }
}

@Suite struct AWSTests {
    @Test func `a request is signed as in AWS's own example`() {
        // The case `get-vanilla` of AWS's Signature Version 4 test suite.
        var request = HTTPRequest(method: "GET", target: "https://example.amazonaws.com/")
        let signature = AWSSignature(
            AWSCredentials(
                accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let now = Timestamp("2015-08-30T12:36:00Z") ?? .epoch
        signature.sign(&request, host: "example.amazonaws.com", path: "/", at: now)
        #expect(request.headers["X-Amz-Date"] == "20150830T123600Z")
        #expect(
            request.headers["Authorization"]
                == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
                + "SignedHeaders=host;x-amz-date, "
                + "Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
    }

    @Test func `a query is signed in order`() {
        // The case `get-vanilla-query-order-key-case` of the same suite.
        var request = HTTPRequest(
            method: "GET", target: "https://example.amazonaws.com/?Param2=value2&Param1=value1")
        let signature = AWSSignature(
            AWSCredentials(
                accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            region: "us-east-1", service: "service")
        let now = Timestamp("2015-08-30T12:36:00Z") ?? .epoch
        signature.sign(&request, host: "example.amazonaws.com", path: "/", at: now)
        #expect(
            request.headers["Authorization"]?.hasSuffix(
                "Signature=b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500") ?? false)
    }

    @Test func `a load balancer is asked in its region, and signed`() async {
        let name = "web-1.eu-west-1.elb.amazonaws.com"
        let aws = StubAWS([
            "DescribeLoadBalancers":
                "<R><DescribeLoadBalancersResult><LoadBalancers><member><DNSName>\(name)</DNSName>"
                + "<LoadBalancerArn>arn:a/b</LoadBalancerArn><LoadBalancerName>web</LoadBalancerName>"
                + "</member></LoadBalancers></DescribeLoadBalancersResult></R>",
            "DescribeListeners": "<R><DescribeListenersResult/></R>",
        ])
        let reader = AWSLoadBalancers(
            exchange: aws, environment: ["AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "B"],
            runtime: SystemRuntime())
        let answer = await reader.answer(about: name)
        #expect(answer == LoadBalancerAnswer(name: "web", arn: "arn:a/b"))
        #expect(aws.requests.count == 2)
        for request in aws.requests {
            #expect(request.target == "https://elasticloadbalancing.eu-west-1.amazonaws.com/")
            #expect(request.headers["Authorization"]?.contains("/eu-west-1/elasticloadbalancing/") ?? false)
        }
        let body = String(decoding: aws.requests.last?.body ?? [], as: UTF8.self)
        #expect(body.contains("LoadBalancerArn=arn%3Aa%2Fb"))
    }

    @Test func `without credentials nothing is sent, and that is said`() async {
        let aws = StubAWS([:])
        let reader = AWSLoadBalancers(exchange: aws, environment: [:], runtime: SystemRuntime())
        let answer = await reader.answer(about: "web-1.eu-west-1.elb.amazonaws.com")
        #expect(answer.problem == "there are no credentials for AWS")
        #expect(aws.requests.isEmpty)
    }
}
