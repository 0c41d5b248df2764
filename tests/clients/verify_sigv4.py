"""Computes the AWS signatures of requests again, by AWS's own botocore, from the bytes that arrived.

Reads one request a line as JSON: method, url, headers (those that were signed), body, access_key, secret, session, region,
time (of the signature) and signature. Prints "right" or what botocore has in its place.
"""

import json
import sys

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

for line in sys.stdin:
    asked = json.loads(line)
    credentials = Credentials(asked["access_key"], asked["secret"], asked["session"] or None)
    signer = SigV4Auth(credentials, "bedrock", asked["region"])
    request = AWSRequest(
        method=asked["method"],
        url=asked["url"],
        headers=asked["headers"],
        data=asked["body"].encode(),
    )
    request.context["timestamp"] = asked["time"]
    text = signer.string_to_sign(request, signer.canonical_request(request))
    found = signer.signature(text, request)
    print("right" if found == asked["signature"] else found + "\n" + text)
