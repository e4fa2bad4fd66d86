//! One connection to a service: for the load generator and the tests.

use std::net::SocketAddr;

use axum::body::{Body, Bytes};
use axum::http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// What can go wrong on the way.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A connection that is kept.
pub struct Client {
    sender: SendRequest<Body>,
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// When nobody listens there.
    pub async fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Client { sender })
    }

    /// `GET`.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn get(&mut self, path: &str) -> Result<(StatusCode, Bytes), Failure> {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// `POST` of JSON.
    ///
    /// # Errors
    /// When the connection ends.
    pub async fn post(&mut self, path: &str, body: impl Into<Body>) -> Result<(StatusCode, Bytes), Failure> {
        self.send(Method::POST, path, body.into()).await
    }

    async fn send(&mut self, method: Method, path: &str, body: Body) -> Result<(StatusCode, Bytes), Failure> {
        let request =
            Request::builder().method(method).uri(path).header(header::HOST, "localhost").body(body)?;
        self.sender.ready().await?;
        let response = self.sender.send_request(request).await?;
        let status = response.status();
        Ok((status, response.into_body().collect().await?.to_bytes()))
    }
}
