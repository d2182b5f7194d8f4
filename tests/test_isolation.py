"""A unit test reaches neither a network nor anyone's AWS account."""

import os
import socket
from pathlib import Path

import boto3
import pytest


@pytest.mark.filterwarnings("ignore:A test tried to use")
def test_the_network_is_out_of_reach() -> None:
    for reach in (
        lambda: socket.create_connection(("127.0.0.1", 80)),
        lambda: socket.getaddrinfo("aws.amazon.com", 443),
        socket.socket,
    ):
        with pytest.raises(RuntimeError, match="A test tried to use"):
            reach()


def test_aws_credentials_are_made_up_and_no_profile_is_read() -> None:
    credentials = boto3.Session().get_credentials()
    assert credentials
    assert credentials.access_key == "testing"
    assert boto3.Session().available_profiles == []
    assert "AWS_ENDPOINT_URL" not in os.environ
    assert Path(os.environ["AWS_CONFIG_FILE"]) == Path(os.devnull)
