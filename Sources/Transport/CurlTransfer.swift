// One transfer: libcurl's handle, its options, and what its callbacks collect.

import CCurl
import HTTPModel

/// Lives on the loop's thread only. A class because libcurl's callbacks point to it.
final class CurlTransfer {
    let easy: UnsafeMutableRawPointer
    private let job: TransferJob
    private let sink: TransferSink
    private var headerList: UnsafeMutablePointer<curl_slist>?
    private var connectList: UnsafeMutablePointer<curl_slist>?
    private let errorText: UnsafeMutablePointer<CChar>
    private var headers = HTTPHeaders()
    private var headerByteCount = 0
    private var status = 0
    private var body: [UInt8] = []
    private var isHeadDelivered = false
    private var limitReached: TransportError?

    /// All header fields of a response together; more is refused.
    private static let headerByteCountMax = 256 << 10

    init?(_ job: TransferJob, _ sink: TransferSink, userAgent: String) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        self.job = job
        self.sink = sink
        errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
        errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setConnection(userAgent: userAgent)
        setTLS()
        setRequest()
        setCallbacks()
    }

    deinit {
        curl_easy_cleanup(easy)
        curl_slist_free_all(headerList)
        curl_slist_free_all(connectList)
        errorText.deallocate()
    }

    // MARK: Options

    private func set(_ option: CURLoption, _ value: Int) { martlet_setopt_long(easy, option, value) }
    private func set(_ option: CURLoption, _ value: String) { martlet_setopt_string(easy, option, value) }

    private func setConnection(userAgent: String) {
        let options = job.options
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_USERAGENT, userAgent)
        set(CURLOPT_PROTOCOLS_STR, "http,https")
        set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        // Waiting for the first connection to say whether it multiplexes is quick with TLS, where
        // the handshake says it; without, it would wait for a whole response.
        if job.location.scheme == "https" { set(CURLOPT_PIPEWAIT, 1) }
        set(CURLOPT_TCP_NODELAY, 1)
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 30)
        set(CURLOPT_TCP_KEEPINTVL, 10)
        set(CURLOPT_CONNECTTIMEOUT_MS, Self.milliseconds(options.connectTimeout))
        if let total = options.totalTimeout { set(CURLOPT_TIMEOUT_MS, Self.milliseconds(total)) }
        if let idle = options.idleTimeout {
            set(CURLOPT_LOW_SPEED_LIMIT, 1)
            set(CURLOPT_LOW_SPEED_TIME, max(1, Int(idle.components.seconds)))
        }
        if options.redirectsMax > 0 {
            set(CURLOPT_FOLLOWLOCATION, 1)
            set(CURLOPT_MAXREDIRS, options.redirectsMax)
        }
        if options.acceptsCompression { set(CURLOPT_ACCEPT_ENCODING, "gzip") }
        if let proxy = options.proxy { set(CURLOPT_PROXY, proxy) }
    }

    private static func milliseconds(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return max(1, Int(clamping: min(seconds, 31_536_000) * 1000 + attoseconds / 1_000_000_000_000_000))
    }

    private func setTLS() {
        let tls = job.options.tls
        if let bytes = tls.certificateAuthorities { setBlob(CURLOPT_CAINFO_BLOB, bytes) }
        if let bytes = tls.clientCertificate {
            set(CURLOPT_SSLCERTTYPE, "PEM")
            setBlob(CURLOPT_SSLCERT_BLOB, bytes)
        }
        if let bytes = tls.clientKey {
            set(CURLOPT_SSLKEYTYPE, "PEM")
            setBlob(CURLOPT_SSLKEY_BLOB, bytes)
        }
        if tls.isInsecure {
            set(CURLOPT_SSL_VERIFYPEER, 0)
            set(CURLOPT_SSL_VERIFYHOST, 0)
        }
    }

    private func setBlob(_ option: CURLoption, _ bytes: [UInt8]) {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { buffer in
            var blob = curl_blob(data: buffer.baseAddress, len: buffer.count, flags: UInt32(CURL_BLOB_COPY))
            martlet_setopt_blob(easy, option, &blob)
        }
    }

    private func setRequest() {
        let request = job.request
        if let name = job.options.tls.serverName, !name.isEmpty, name != job.location.host {
            // The name that TLS checks is the URL's: so that one goes into the URL, and the
            // connection to where the URL's host was.
            set(CURLOPT_URL, job.location.url(host: name))
            connectList = curl_slist_append(nil, "\(name):\(job.location.port):\(job.location.authority)")
            martlet_setopt_list(easy, CURLOPT_CONNECT_TO, connectList)
            if request.headers["Host"] == nil { addHeader("Host: \(job.location.authority)") }
        } else {
            set(CURLOPT_URL, String(request.target.prefix { $0 != "#" }))
        }
        let carriesBody = !request.body.isEmpty || ["POST", "PUT", "PATCH"].contains(request.method)
        if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else if carriesBody {
            martlet_setopt_int64(easy, CURLOPT_POSTFIELDSIZE_LARGE, request.body.count)
            var body = request.body + [0]  // An empty body still needs an address.
            body.withUnsafeMutableBytes {
                _ = martlet_setopt_pointer(easy, CURLOPT_COPYPOSTFIELDS, $0.baseAddress)
            }
            if request.headers["Content-Type"] == nil { addHeader("Content-Type:") }
            addHeader("Expect:")
        }
        if request.method != "GET" || carriesBody { set(CURLOPT_CUSTOMREQUEST, request.method) }
        for field in request.headers.fields {
            addHeader(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        if let headerList { martlet_setopt_list(easy, CURLOPT_HTTPHEADER, headerList) }
    }

    private func addHeader(_ line: String) {
        if let longer = curl_slist_append(headerList, line) { headerList = longer }
    }

    private func setCallbacks() {
        let me = Unmanaged.passUnretained(self).toOpaque()
        martlet_setopt_pointer(easy, CURLOPT_ERRORBUFFER, errorText)
        martlet_setopt_pointer(easy, CURLOPT_HEADERDATA, me)
        martlet_setopt_function(easy, CURLOPT_HEADERFUNCTION) { start, size, count, me in
            CurlTransfer.receive(start, size * count, me) { $0.takeHeader($1) }
        }
        martlet_setopt_pointer(easy, CURLOPT_WRITEDATA, me)
        martlet_setopt_function(easy, CURLOPT_WRITEFUNCTION) { start, size, count, me in
            CurlTransfer.receive(start, size * count, me) { $0.takeBody($1) }
        }
    }

    /// The bridge from C: finds the transfer and gives it the bytes.
    private static func receive(
        _ start: UnsafeMutablePointer<CChar>?, _ count: Int, _ me: UnsafeMutableRawPointer?,
        _ take: (CurlTransfer, UnsafeBufferPointer<UInt8>) -> Int
    ) -> Int {
        guard let start, let me else { return 0 }
        let transfer = Unmanaged<CurlTransfer>.fromOpaque(me).takeUnretainedValue()
        return start.withMemoryRebound(to: UInt8.self, capacity: count) {
            take(transfer, UnsafeBufferPointer(start: $0, count: count))
        }
    }

    // MARK: Callbacks

    /// One header line. Returning less than its length stops the transfer.
    private func takeHeader(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if isHeadDelivered || !body.isEmpty { return bytes.count }  // Trailers.
        headerByteCount += bytes.count
        guard headerByteCount <= Self.headerByteCountMax else {
            limitReached = .tooLarge(limit: Self.headerByteCountMax)
            return 0
        }
        let line = String(decoding: bytes, as: UTF8.self).filter { $0 != "\r\n" && $0 != "\n" && $0 != "\r" }
        if line.isEmpty {
            endHead()
        } else if line.hasPrefix("HTTP/"), !line.prefix(9).contains(":") {
            headers = HTTPHeaders()
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
            headers.add(String(line[..<colon]), String(value))
        }
        return bytes.count
    }

    private func endHead() {
        var code = 0
        martlet_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &code)
        status = code
        let isFollowed = job.options.redirectsMax > 0 && (300..<400).contains(code) && headers["Location"] != nil
        guard code >= 200, !isFollowed, case .stream(_, let head) = sink else { return }
        isHeadDelivered = true
        head(.success(HTTPResponse(status: code, headers: headers)))
    }

    private func takeBody(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        if case .stream(let channel, _) = sink {
            return channel.push(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
        }
        guard body.count + bytes.count <= job.options.responseByteCountMax else {
            limitReached = .tooLarge(limit: job.options.responseByteCountMax)
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    // MARK: The end

    func finish(_ error: TransportError?) {
        switch sink {
        case .whole(let done):
            var code = 0
            martlet_getinfo_long(easy, CURLINFO_RESPONSE_CODE, &code)
            done(error.map { .failure($0) } ?? .success(HTTPResponse(status: code, headers: headers, body: body)))
        case .stream(let channel, let head):
            channel.finish(error)
            guard !isHeadDelivered else { return }
            isHeadDelivered = true
            head(error.map { .failure($0) } ?? .success(HTTPResponse(status: status, headers: headers)))
        }
    }

    /// For transfers that never began.
    static func deliver(_ result: Result<HTTPResponse, TransportError>, to sink: TransferSink) {
        switch sink {
        case .whole(let done): done(result)
        case .stream(let channel, let head):
            if case .failure(let error) = result { channel.finish(error) }
            head(result)
        }
    }

    /// Our error for libcurl's; the text names the server but never a query or a user.
    func error(for code: CURLcode) -> TransportError {
        if let limitReached { return limitReached }
        let detail = String(cString: errorText)
        let text = "\(job.location.authority): \(detail.isEmpty ? String(cString: curl_easy_strerror(code)) : detail)"
        switch code {
        case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .invalid(job.location.safeText)
        case CURLE_COULDNT_RESOLVE_HOST: return .unresolved(host: job.location.host)
        case CURLE_COULDNT_RESOLVE_PROXY, CURLE_COULDNT_CONNECT: return .unreachable(text)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_INITFAILED:
            return .untrusted(text)
        case CURLE_OPERATION_TIMEDOUT:
            // Set when the request was about to be sent.
            var microseconds = 0
            martlet_getinfo_int64(easy, CURLINFO_PRETRANSFER_TIME_T, &microseconds)
            return microseconds == 0 ? .unreachable(text) : .timedOut(text)
        default: return .interrupted(text)
        }
    }
}
